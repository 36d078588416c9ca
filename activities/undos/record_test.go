package undos_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/undos"
)

// A record stays small in JSON, whatever its names are, and keeps what tells most of them.
func TestNew(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, step, resource, wantStep, wantResource string
	}{
		"short":     {"as it is", "CreateInstance i", "i", "CreateInstance i", "i"},
		"long":      {"a step's beginning, a resource's end", "CreateInstance " + strings.Repeat("x", 999), strings.Repeat("x", 999) + "/i", "CreateInstance x", "x/i"},
		"escaped":   {"'<' takes six bytes in JSON", strings.Repeat("<", 700), strings.Repeat("<", 700), "<", "<"},
		"runes":     {"a rune is not cut", strings.Repeat("\u00e9", 700), strings.Repeat("\u00e9", 700), "\u00e9", "\u00e9"},
		"no UTF-8":  {"Temporal takes no other text", "bad\xff", "bad\xfe\xffi", "bad\uFFFD", "bad\uFFFDi"},
		"no letter": {"nothing is known", "", "", "", ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := undos.New(row.step, row.resource, time.Time{}, time.Time{})
			if !strings.HasPrefix(r.Step, row.wantStep) || !strings.HasSuffix(r.Resource, row.wantResource) {
				t.Errorf("%s: %q, %q; want %q and %q", row.reason, r.Step, r.Resource, row.wantStep, row.wantResource)
			}
			if strings.ToValidUTF8(r.Step+r.Resource, "") != r.Step+r.Resource || encoded(t, r.Step) > 256+2 || encoded(t, r.Resource) > 512+2 {
				t.Errorf("%s: %q takes %d bytes, %q %d", row.reason, r.Step, encoded(t, r.Step), r.Resource, encoded(t, r.Resource))
			}
		})
	}
}

// encoded is the size of a text in JSON.
func encoded(t *testing.T, text string) int {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return len(raw)
}
