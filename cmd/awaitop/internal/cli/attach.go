package cli

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/awaitop/awaitop/workflows"
)

// changedBy is the command that changes a flag's option of a wait under way.
var changedBy = map[string]string{"timeout": "set-deadline"}

// differs says of an option that was asked for what the wait has instead.
func (a *awaiting) differs(d workflows.Difference) {
	if d.Field == "policy" {
		a.policyDiffers(d)
		return
	}
	a.flagDiffers(d, changedBy[kebab(d.Field)])
}

func (a *awaiting) policyDiffers(d workflows.Difference) {
	var running, wanted map[string]json.RawMessage
	// They are JSON objects: Start made them.
	_ = json.Unmarshal([]byte(d.Running), &running)
	_ = json.Unmarshal([]byte(d.Wanted), &wanted)
	both := maps.Clone(wanted)
	maps.Copy(both, running)
	for _, field := range slices.Sorted(maps.Keys(both)) {
		if string(running[field]) != string(wanted[field]) {
			a.flagDiffers(workflows.Difference{Field: field, Running: string(running[field]), Wanted: string(wanted[field])}, "set-policy")
		}
	}
}

func (a *awaiting) flagDiffers(d workflows.Difference, command string) {
	flag := kebab(d.Field)
	if !a.given(flag) {
		return
	}
	text := "  --" + flag + " " + plain(d.Wanted) + " changes nothing: it has " + plain(d.Running)
	if command != "" {
		text += "; `awaitop " + command + "` changes that"
	}
	a.say("%s", text)
}

// kebab is a field's name as a flag has it.
func kebab(field string) string {
	var b strings.Builder
	for _, r := range field {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// plain is a JSON value for people, durations as flags have them.
func plain(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return cmp.Or(value, "none")
	}
	if d, err := time.ParseDuration(text); err == nil {
		return d.Round(time.Millisecond).String()
	}
	return text
}
