package release_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// step is an instruction of a Containerfile.
type step struct{ name, rest string }

// stepsOf reads the subset of the format that deploy/Containerfile uses: comments, instructions, and lines that a
// backslash continues.
func stepsOf(text string) []step {
	var steps []step
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		steps = append(steps, step{strings.ToUpper(name), strings.TrimSpace(rest)})
	}
	return steps
}

// flags are the flags of an instruction, and its other words.
func (s step) flags() (flags map[string]string, words []string) {
	flags = map[string]string{}
	words = strings.Fields(s.rest)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		name, value, _ := strings.Cut(words[0][2:], "=")
		flags[name], words = value, words[1:]
	}
	return flags, words
}

// list is the argument of an instruction in its exec form, which needs no shell.
func (s step) list(t *testing.T) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.rest), &words); err != nil {
		t.Fatalf("%s %s needs a shell, and the image has none: %v", s.name, s.rest, err)
	}
	return words
}

func TestStepsOf(t *testing.T) {
	t.Parallel()
	got := stepsOf("# a comment\nFROM  base AS b\n\nrun one && \\\n    two\nCOPY --from=b /x /y\n")
	want := []step{{"FROM", "base AS b"}, {"RUN", "one &&      two"}, {"COPY", "--from=b /x /y"}}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if flags, words := got[2].flags(); flags["from"] != "b" || !slices.Equal(words, []string{"/x", "/y"}) {
		t.Errorf("%q and %q", flags, words)
	}
}
