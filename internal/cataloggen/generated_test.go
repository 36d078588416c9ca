package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUpToDate generates the file again, and wants the one in package catalog.
func TestUpToDate(t *testing.T) {
	t.Parallel()
	found := documents(t)
	got, err := os.ReadFile("../../catalog/catalog.txt")
	if err != nil {
		t.Fatal(err)
	}
	if want := file(found); string(want) != string(got) {
		t.Errorf("run go generate ./catalog (-want +got):\n%s", cmp.Diff(string(want), string(got)))
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	if err := run(nil); err == nil {
		t.Error("no file: no error")
	}
	if err := run([]string{"-nonsense"}); err == nil {
		t.Error("an unknown flag: no error")
	}
}
