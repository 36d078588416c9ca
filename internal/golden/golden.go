// Package golden compares results with files in testdata. With the flag -update a test writes its files
// instead.
package golden

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files in testdata instead of comparing with them")

// Text compares a text with the file testdata/name.
func Text(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if that is wanted, run with -update and add a line to CHANGELOG.md (-want +got):\n%s", path, diff)
	}
}

// JSON compares the JSON of a value with the file testdata/name.json.
func JSON(t testing.TB, name string, value any) {
	t.Helper()
	Text(t, name+".json", indented(t, value))
}

// Payload is JSON for a value that crosses a process boundary: read back, it must be the same. empty
// points to a zero value of its type.
func Payload(t testing.TB, name string, value, empty any) {
	t.Helper()
	JSON(t, name, value)
	want := indented(t, value)
	if err := json.Unmarshal([]byte(want), empty); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, indented(t, empty)); diff != "" {
		t.Errorf("%s: read back it differs (-want +got):\n%s", name, diff)
	}
}

// indented is the JSON of a value, a field a line.
func indented(t testing.TB, value any) string {
	t.Helper()
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw) + "\n"
}
