package e2e

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// payloadPackages are those whose structs cross Temporal's boundary.
var payloadPackages = []string{"lro", "poller", "activities", "activities/starters", "internal/sets", "workflows"}

// addedField is what the newer release has in each of them. It is always written.
const addedField = "\n\tAddedByNewerRelease string `json:\"addedByNewerRelease\"`\n"

// newerRelease builds this test's program as of a release that has a field more in
// each payload, at every depth.
func newerRelease(t *testing.T) string {
	t.Helper()
	where, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/awaitop/awaitop").Output()
	if err != nil {
		t.Fatalf("find the sources: %v", err)
	}
	folder := t.TempDir()
	replace := map[string]string{}
	fields := 0
	for _, name := range payloadPackages {
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(where)), name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, added := newerSource(t, file)
			if added == 0 {
				continue
			}
			fields += added
			replace[file] = filepath.Join(folder, strings.ReplaceAll(name, "/", "_")+"_"+filepath.Base(file))
			if err := os.WriteFile(replace[file], source, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if fields < 50 {
		t.Fatalf("only %d structs were given a field: the payloads are elsewhere", fields)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	config, program := filepath.Join(folder, "overlay.json"), filepath.Join(folder, "newer")
	if err := os.WriteFile(config, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "test", "-c", "-overlay", config, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the newer release: %v\n%s", err, out)
	}
	t.Logf("the newer release has a field more in %d structs of %d files", fields, len(replace))
	return program
}

// newerSource is a file with the field added to each struct that JSON tags describe.
func newerSource(t *testing.T, file string) (source []byte, added int) {
	t.Helper()
	if strings.HasSuffix(file, "_test.go") {
		return nil, 0
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	ast.Inspect(tree, func(node ast.Node) bool {
		if structure, ok := node.(*ast.StructType); ok && hasJSON(structure) {
			ends = append(ends, set.Position(structure.Fields.Closing).Offset)
		}
		return true
	})
	slices.Sort(ends)
	for _, end := range slices.Backward(ends) {
		source = slices.Insert(source, end, []byte(addedField)...)
	}
	return source, len(ends)
}

func hasJSON(structure *ast.StructType) bool {
	return slices.ContainsFunc(structure.Fields.List, func(field *ast.Field) bool {
		return field.Tag != nil && strings.Contains(field.Tag.Value, `json:"`)
	})
}
