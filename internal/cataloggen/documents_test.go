package main

import (
	"sync"
	"testing"
)

var readOnce = sync.OnceValues(func() (library, error) { return read("../../catalog/documents") })

// documents are those of the module and of the catalog's folder; without any it skips the test.
func documents(t *testing.T) library {
	t.Helper()
	found, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(found.documents) == 0 {
		t.Skip("the module google.golang.org/api has no discovery documents here, as where modules are vendored: nothing to compare the catalog with")
	}
	return found
}

var startsOnce = sync.OnceValue(func() map[*document][]start {
	found, _ := readOnce()
	starts := map[*document][]start{}
	for _, d := range served(found.documents) {
		starts[d] = d.starts()
	}
	return starts
})

// methods are the start methods of all documents, of one id the newest version's.
func methods(t *testing.T) []start {
	t.Helper()
	newest := map[string]start{}
	for _, d := range served(documents(t).documents) {
		for _, s := range startsOnce()[d] {
			key := d.Name + " " + s.ID
			if known, ok := newest[key]; !ok || number(known.document.Version) < number(d.Version) {
				newest[key] = s
			}
		}
	}
	found := make([]start, 0, len(newest))
	for _, s := range newest {
		found = append(found, s)
	}
	return found
}
