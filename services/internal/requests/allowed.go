package requests

import (
	"slices"
	"strings"
)

// Allowed reports whether a resource is one of AllowedPrefixes, or below one. Empty prefixes allow all. The names of
// bigtableadmin.googleapis.com begin with "operations", and are below the resource behind that.
func Allowed(prefixes []string, name string) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool {
		return below(prefix, name) || below(prefix, strings.TrimPrefix(name, "operations/"))
	})
}

// below reports whether a name begins with the whole segments of a prefix.
func below(prefix, name string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || rest[0] == '/')
}
