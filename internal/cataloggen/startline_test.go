package main

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
)

// TestStartLines wants the catalog's request of each start method to be on the document's own path,
// and those that read and delete what it makes on the paths of methods that the document has.
func TestStartLines(t *testing.T) {
	t.Parallel()
	example := strings.NewReplacer("**", "x/y", "*", "x").Replace
	for d := range servedStarts(t) {
		paths := map[string]bool{}
		for _, m := range d.methods {
			paths[m.HTTPMethod+" "+example(m.path)] = true
		}
		of := service(d.Name, d.Version)
		for _, s := range startsOnce()[d] {
			m := of.Method(s.ID)
			if m == nil {
				t.Errorf("%s: not in the catalog", s.ID)
				continue
			}
			if line, _, ok := m.Request(example(m.Target())); !ok || line.String() != s.HTTPMethod+" "+example(s.path) {
				t.Errorf("%s: %q, %t, want %s", s.ID, line, ok, example(s.path))
			}
			made := example(m.Made())
			for _, request := range []func(string) (catalog.RequestLine, bool){m.GetMade, m.DeleteMade} {
				if line, ok := request(made); ok && !paths[line.String()] {
					t.Errorf("%s: the document has no %q", s.ID, line)
				}
			}
		}
	}
}

// servedStarts yields the documents with start methods.
func servedStarts(t *testing.T) func(yield func(*document) bool) {
	return func(yield func(*document) bool) {
		for _, d := range served(documents(t).documents) {
			if len(startsOnce()[d]) > 0 && !yield(d) {
				return
			}
		}
	}
}
