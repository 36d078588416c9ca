package documents_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/examples/documents"
)

func TestSteps(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reason string
		text   string
		want   []documents.Step
	}{
		"commands": {"one for each statement, without its comment", "# T\n\n```sh\na b   # c\n# d\ne && f\n```\n",
			[]documents.Step{{Line: 4, Command: "a b"}, {Line: 6, Command: "e && f"}}},
		"continued": {"quotes and line ends do not end it", "```sh\na --input \\\n  '{\"b\":\n1}'\n```\n",
			[]documents.Step{{Line: 2, Command: "a --input \\\n\t'{\"b\":\n1}'"}}},
		"variable": {"an assignment is a statement", "```sh\nREF=//a/b\na $REF\n```\n",
			[]documents.Step{{Line: 2, Command: "REF=//a/b"}, {Line: 3, Command: "a $REF"}}},
		"file": {"is saved as it stands", "```go file main.go\npackage main\n```\n",
			[]documents.Step{{Line: 2, File: "main.go", Text: "package main\n"}}},
		"others": {"what a program prints, and code, is no step", "```\na\n```\n```go\nfunc f() {}\n```\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := documents.Steps("", tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", tt.reason, err, diff)
			}
		})
	}
}

func TestStepsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"placeholder": {"text\n\n```sh\nawaitop await <REF>\n```\n", "x.md:4"},
		"no end":      {"```sh\na\n", "x.md:2"},
	} {
		if _, err := documents.Steps("x.md", tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that names %s", name, err, tt.want)
		}
	}
}
