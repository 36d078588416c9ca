package documents_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/documents"
)

// checkout is the repository.
const checkout = "../.."

// first is the document that a reader begins with. It installs what the others use.
const first = "README.md"

func TestMain(m *testing.M) {
	flag.Parse()
	// The documents wait, they do not compute.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// TestDocuments does what the documents tell their readers to do, in a fresh copy of the checkout: the first document,
// then the others side by side.
func TestDocuments(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	t.Run(first, func(t *testing.T) { r.read(t, first) })
	r.addPath(filepath.Join(filepath.Dir(r.clone), "go", "bin")) // as it says
	t.Run("others", func(t *testing.T) {
		for _, path := range r.others(t) {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				r.read(t, path)
			})
		}
	})
	r.checkRules(t)
}

// reader is the machine of a reader who has cloned the repository.
type reader struct {
	clone       string
	environment []string
	rules       documents.Rules

	mu    sync.Mutex
	used  map[int]bool    // the rules that a command had, by index
	ended map[string]bool // the documents that were read to their end
}

func newReader(t *testing.T) *reader {
	t.Helper()
	home := t.TempDir()
	r := &reader{clone: filepath.Join(home, "awaitop"), rules: append(emulatorRules(t), rules...), used: map[int]bool{}, ended: map[string]bool{}}
	if err := documents.Copy(t.Context(), checkout, r.clone); err != nil {
		t.Fatal(err)
	}
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if !isOf(name, "TEMPORAL_", "AWAITOP_", "OTEL_", "GOOGLE_", "GOWORK", "GOFLAGS", "GOBIN", "GOPATH") {
			r.environment = append(r.environment, setting)
		}
	}
	r.find(t, home)
	// What is installed is the reader's own. What is downloaded and built is the machine's.
	r.environment = append(r.environment,
		"GOPATH="+filepath.Join(home, "go"), "GOMODCACHE="+goenv(t, "GOMODCACHE"), "GOCACHE="+goenv(t, "GOCACHE"))
	return r
}

// find has commands find the Temporal CLI, as that of `awaitop dev`.
func (r *reader) find(t *testing.T, home string) {
	t.Helper()
	cli, err := devserver.CLI(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(home, "temporal")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.Symlink(cli, filepath.Join(folder, filepath.Base(cli)))); err != nil {
		t.Fatal(err)
	}
	r.addPath(folder)
}

// addPath adds a folder of programs.
func (r *reader) addPath(folder string) {
	for i, setting := range r.environment {
		if path, ok := strings.CutPrefix(setting, "PATH="); ok {
			r.environment[i] = "PATH=" + path + string(filepath.ListSeparator) + folder
		}
	}
}

func isOf(name string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// others are the documents besides the first one.
func (r *reader) others(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(r.clone, "docs", "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	paths := []string{"CONTRIBUTING.md"}
	for _, path := range found {
		paths = append(paths, "docs/"+filepath.Base(path))
	}
	return paths
}

// read does what a document tells, in its order.
func (r *reader) read(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(r.clone, path))
	if err != nil {
		t.Fatal(err)
	}
	steps, err := documents.Steps(path, string(raw))
	if err != nil {
		t.Fatal(err)
	}
	session, err := documents.Open(r.clone, r.environment, programs)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, step := range steps {
		t.Log(step)
		if err := session.Do(t.Context(), step, r.rule(step)); err != nil {
			t.Fatal(err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended[path] = true
}

func (r *reader) rule(step documents.Step) *documents.Rule {
	rule, index := r.rules.For(step)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used[index] = true
	return rule
}

// checkRules wants each rule to be valid, and needed by a command of today. The latter shows only if all documents were
// read to their end.
func (r *reader) checkRules(t *testing.T) {
	t.Helper()
	all := len(r.ended) == 1+len(r.others(t))
	for i, rule := range r.rules {
		if err := rule.Check(); err != nil {
			t.Error(err)
		}
		if all && !r.used[i] {
			t.Errorf("no document has the command %q of %q any more: drop its rule", rule.Command, rule.Path)
		}
	}
}

// goenv is a setting of the go command.
func goenv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}
