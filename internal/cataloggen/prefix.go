package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// prefix is the constant path before most names of a document, up to its version: "v1",
// "compute/v1".
func (d *document) prefix() string {
	count := map[string]int{}
	for _, m := range d.methods {
		if before, _, found := strings.Cut("/"+m.path, "/"+d.Version+"/"); found {
			count[strings.TrimPrefix(before+"/"+d.Version, "/")]++
		}
	}
	return slices.MaxFunc(append(slices.Sorted(maps.Keys(count)), ""), func(a, b string) int {
		return cmp.Compare(count[a], count[b])
	})
}

// relative is a path without the prefix. It begins with a slash if it has another prefix.
func (d *document) relative(path string) string {
	prefix := d.prefixed
	if rest, ok := strings.CutPrefix(path, prefix+"/"); ok && prefix != "" {
		return rest
	}
	return "/" + path
}
