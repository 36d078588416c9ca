// Package allowed tells whether a name is one that a worker or a rule allows, by the beginnings of names.
package allowed

import (
	"slices"
	"strings"
)

// ByAny reports whether one of the prefixes allows a name. Empty prefixes allow all.
func ByAny(prefixes []string, name string) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool { return By(prefix, name) })
}

// By reports whether a name is a prefix, or below it by whole segments. The names of bigtableadmin.googleapis.com
// begin with "operations", and are below the resource behind that.
func By(prefix, name string) bool {
	return below(prefix, name) || below(prefix, strings.TrimPrefix(name, "operations/"))
}

func below(prefix, name string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") }
