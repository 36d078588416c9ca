package documents_test

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/documents"
)

// open begins a session in a folder of its own, with a shell as the only program.
func open(t *testing.T) (*documents.Session, string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("missing: a Unix, whose process groups the commands are run in")
	}
	folder := t.TempDir()
	session, err := documents.Open(folder, os.Environ(), []string{"sh"})
	if err != nil {
		t.Fatal(err)
	}
	return session, folder
}

func do(t *testing.T, session *documents.Session, command string, rule *documents.Rule) error {
	t.Helper()
	return session.Do(t.Context(), documents.Step{Path: "x.md", Line: 1, Command: command}, rule)
}

// A session keeps its folder and variables, and files are saved in its folder.
func TestSessionKeepsState(t *testing.T) {
	t.Parallel()
	session, folder := open(t)
	for _, command := range []string{"sh -c 'mkdir made'", "cd made", "NAME=file", "export OTHER=other"} {
		if err := do(t, session, command, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.Do(t.Context(), documents.Step{Path: "x.md", Line: 1, File: "file", Text: "text\n"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := do(t, session, `sh -c 'test -s "$1" && test "$OTHER" = other' sh $NAME`, nil); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "made", "file")); err != nil {
		t.Error(err)
	}
}

func TestSessionFails(t *testing.T) {
	t.Parallel()
	ready := regexp.MustCompile("ready")
	for name, tt := range map[string]struct {
		reason  string
		command string
		rule    *documents.Rule
		want    string // part of the error, "" for none
	}{
		"success":       {"a command that ends well", "sh -c 'exit 0'", nil, ""},
		"failure":       {"the reader sees the output", "sh -c 'echo trouble; exit 3'", nil, "exit status 3, want 0\ntrouble"},
		"own status":    {"a status that the document names", "sh -c 'exit 3'", &documents.Rule{Status: 3}, ""},
		"another":       {"and no other", "sh -c 'exit 0'", &documents.Rule{Status: 3}, "exit status 0, want 3"},
		"program":       {"what a reader may not have", "curl http://127.0.0.1", nil, `needs "curl"`},
		"no such":       {"a variable that no block sets is empty", `sh -c 'test -n "$1"' sh "$REF"`, nil, "exit status 1"},
		"left out":      {"a command that the machine cannot run", "curl http://127.0.0.1", &documents.Rule{Skip: true}, ""},
		"own ports":     {"other programs may have the usual ones", "sh -c 'test 9020 != 90''20'", &documents.Rule{Ports: []string{"9020"}}, ""},
		"instead":       {"the rest of the command stays", "curl -c 'exit 3'", &documents.Rule{Command: "curl", Instead: "sh", Status: 3}, ""},
		"ends too soon": {"a command that shall go on", "sh -c 'echo no'", &documents.Rule{Background: &documents.Background{Ready: ready}}, "before it was ready"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session, _ := open(t)
			err := do(t, session, tt.command, tt.rule)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: error %v, want %q", tt.reason, err, tt.want)
			}
			_ = session.Close()
		})
	}
}

// A command in the background goes on until the session closes; what it has printed replaces texts of later commands.
// The interrupt reaches all of its processes.
func TestSessionBackground(t *testing.T) {
	t.Parallel()
	session, folder := open(t)
	serve := &documents.Rule{Background: &documents.Background{
		Ready: regexp.MustCompile(`port (\d+)`), Learn: map[string]string{"9020": "$1"},
	}}
	if err := do(t, session, `sh -c 'trap "exit 0" INT; echo port 1234; sh -c "trap \"echo done >ended; exit\" INT; while :; do sleep 0.05; done"'`, serve); err != nil {
		t.Fatal(err)
	}
	if err := do(t, session, "sh -c 'test 9020 = 12''34'", nil); err != nil {
		t.Error(err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "ended")); err != nil {
		t.Errorf("the inner process was not interrupted: %v", err)
	}
}

// A command that a reader interrupts is interrupted at once: what comes after it finds it ended.
func TestSessionInterrupt(t *testing.T) {
	t.Parallel()
	session, _ := open(t)
	follow := &documents.Rule{Status: 130, Background: &documents.Background{Ready: regexp.MustCompile("following"), Interrupt: true}}
	if err := do(t, session, `sh -c 'trap "echo >detached; exit 130" INT; echo following; while :; do sleep 0.05; done'`, follow); err != nil {
		t.Fatal(err)
	}
	if err := do(t, session, "sh -c 'test -e detached'", nil); err != nil {
		t.Error(err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
}
