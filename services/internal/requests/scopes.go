package requests

import (
	"slices"
	"strings"
	"unicode"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// CloudPlatformScope is enough for nearly every Google Cloud API.
const CloudPlatformScope = "https://www.googleapis.com/auth/cloud-platform"

// ScopesOf are the OAuth scopes of a service's tokens. The catalog knows the few services that do not
// take cloud-platform.
func ScopesOf(service string) []string {
	var all []string
	others := false
	for _, version := range catalog.ServicesAt(service) {
		all = append(all, version.Scopes...)
		others = others || !slices.Contains(version.Scopes, CloudPlatformScope)
	}
	if !others {
		return []string{CloudPlatformScope}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ValidateScopes refuses, as an [*lro.InvalidError] for a field, what is no OAuth scope. detected says that
// the application default credentials are used: tokens of others have the scopes that their maker gave them.
func ValidateScopes(field string, scopes []string, detected bool) error {
	if len(scopes) > 0 && !detected {
		return &lro.InvalidError{Field: field, Value: strings.Join(scopes, ", "), Want: "none, because they are for the application default credentials"}
	}
	for _, scope := range scopes {
		if scope == "" || strings.ContainsFunc(scope, notInScope) {
			return &lro.InvalidError{Field: field, Value: scope, Want: "scopes such as " + CloudPlatformScope}
		}
	}
	return nil
}

func notInScope(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }
