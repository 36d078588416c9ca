package requests

import (
	"slices"

	"github.com/awaitop/awaitop/catalog"
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
