package main

import (
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var documentsOnce = sync.OnceValues(documents)

// shipped are the documents of the module; without any it skips the test.
func shipped(t *testing.T) []document {
	t.Helper()
	found, err := documentsOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("the module google.golang.org/api has no discovery documents here, as where modules are vendored")
	}
	return found
}

// TestUpToDate makes the table again, and wants the one in package lro.
func TestUpToDate(t *testing.T) {
	t.Parallel()
	found := shipped(t)
	got, err := os.ReadFile("../../lro/operationpatterns.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(source(names(found))), string(got)); diff != "" {
		t.Errorf("run go generate ./lro (-want +got):\n%s", diff)
	}
}

// TestByHand wants each pattern by hand to be of a collection that there is.
func TestByHand(t *testing.T) {
	t.Parallel()
	found := shipped(t)
	ids := map[string]bool{}
	for _, d := range found {
		for _, get := range d.gets() {
			ids[get.ID] = true
		}
	}
	for id := range byHand {
		if !ids[id] {
			t.Errorf("%s: no document has it any more", id)
		}
	}
}
