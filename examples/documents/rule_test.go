package documents_test

import (
	"testing"

	"github.com/awaitop/awaitop/examples/documents"
)

func TestRulesFor(t *testing.T) {
	t.Parallel()
	list := documents.Rules{
		{Path: "a.md", Command: "go test", Reason: "0"},
		{Command: "go test ./...", Reason: "1"},
	}
	for name, tt := range map[string]struct {
		reason string
		step   documents.Step
		want   int
	}{
		"document":    {"the first rule that matches counts", documents.Step{Path: "a.md", Command: "go test ./..."}, 0},
		"elsewhere":   {"a rule of a document is no other's", documents.Step{Path: "b.md", Command: "go test ./..."}, 1},
		"more words":  {"a rule names how a command begins", documents.Step{Path: "b.md", Command: "go test ./... -v"}, 1},
		"spaces":      {"however it is broken into lines", documents.Step{Path: "b.md", Command: "go  test \\\n\t./..."}, 1},
		"half a word": {"and names whole words", documents.Step{Path: "a.md", Command: "go tests"}, -1},
		"fewer words": {"all of them", documents.Step{Path: "b.md", Command: "go test"}, -1},
	} {
		if _, got := list.For(tt.step); got != tt.want {
			t.Errorf("%s: %s: rule %d, want %d", name, tt.reason, got, tt.want)
		}
	}
}

func TestRuleCheck(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule documents.Rule
		ok   bool
	}{
		"left out":      {documents.Rule{Command: "a", Reason: "b", Skip: true}, true},
		"no reason":     {documents.Rule{Command: "a", Skip: true}, false},
		"no command":    {documents.Rule{Reason: "b", Skip: true}, false},
		"contradictory": {documents.Rule{Command: "a", Reason: "b", Skip: true, Instead: "c"}, false},
	} {
		if err := tt.rule.Check(); (err == nil) != tt.ok {
			t.Errorf("%s: error %v, want none: %v", name, err, tt.ok)
		}
	}
}
