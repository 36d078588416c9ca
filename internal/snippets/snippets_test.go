package snippets_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/internal/snippets"

	// What blocks import, so that a cached result of the test is dropped when one of them changes.
	_ "github.com/awaitop/awaitop/control"
	_ "github.com/awaitop/awaitop/testsuite"
	_ "github.com/awaitop/awaitop/worker"
	_ "github.com/awaitop/awaitop/workflows/spanner"
)

// root is the repository.
const root = "../.."

// TestDocuments builds each Go block of README.md and of docs.
func TestDocuments(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []snippets.Block
	for _, path := range append(paths, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		found, err := snippets.Blocks(name, string(raw))
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, found...)
	}
	if len(blocks) == 0 {
		t.Fatal("no document has a Go block")
	}
	if out := build(t, blocks); out != "" {
		t.Errorf("blocks of documents do not compile:\n%s", out)
	}
}

// TestBlocks wants blocks that do not compile to be noticed, and those that do to be taken.
func TestBlocks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reason string
		text   string
		want   string // part of the error, "" for none
	}{
		"declarations":    {"imports are found by name", "```go\nfunc name(ref lro.Ref) string { return ref.Name }\n```\n", ""},
		"workflow":        {"its variables need no use", "```go workflow\noutcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{})\n```\n", ""},
		"program":         {"ctx is Go's own", "```go program\nrun, err := workflows.Start(ctx, c, \"queue\", ref, workflows.AwaitOptions{})\n```\n", ""},
		"own name":        {"a block may declare what is given", "```go workflow\nref, err := lro.ParseRef(\"//a.b/operations/o\")\n```\n", ""},
		"whole file":      {"with its package clause", "```go\npackage main\n\nfunc main() {}\n```\n", ""},
		"no such name":    {"a renamed function", "```go workflow\nworkflows.NoSuchName(ctx)\n```\n", "x.md:2"},
		"another result":  {"a step knows the type of its result", "```go workflow\n_, err = workflows.Run[spanner.Backup](ctx, saga, spanner.CreateInstance(instance, spanner.Instance{}))\n```\n", "x.md:2"},
		"another request": {"a request has a type", "```go workflow\n_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.DatabaseOptions{}))\n```\n", "x.md:2"},
		"no such type":    {"a field of another type", "```go workflow\n_ = workflows.AwaitOptions{Timeout: \"1h\"}\n```\n", "x.md:2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blocks, err := snippets.Blocks("x.md", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if out := build(t, blocks); !strings.Contains(out, tt.want) || (out == "") != (tt.want == "") {
				t.Errorf("%s: got %q, want %q", tt.reason, out, tt.want)
			}
		})
	}
}

// TestBlocksRefused wants documents whose blocks cannot be told to be refused.
func TestBlocksRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"unknown kind": "```go whatever\n```\n",
		"no end":       "```go\nfunc f() {}\n",
	} {
		if _, err := snippets.Blocks("x.md", text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// build compiles each block as a package of its own, and returns what the compiler says. The packages are in folders
// of this module that do not exist but for the compiler, so that they may import what this module does.
func build(t *testing.T, blocks []snippets.Block) string {
	t.Helper()
	folder := t.TempDir()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]map[string]string{"Replace": {}}
	// Of several packages "go build" writes none, not even a program.
	arguments := []string{"build", "-overlay", filepath.Join(folder, "overlay.json"), "."}
	var problems strings.Builder
	for _, block := range blocks {
		source, err := snippets.Source(block)
		if err != nil {
			problems.WriteString(err.Error() + "\n")
			continue
		}
		file := filepath.Join(folder, block.Name()+".go")
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(here, "built", block.Name(), "snippet.go")] = file
		arguments = append(arguments, "./built/"+block.Name())
	}
	raw, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "overlay.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", arguments...).CombinedOutput()
	if err != nil {
		problems.WriteString(string(out))
	}
	return problems.String()
}
