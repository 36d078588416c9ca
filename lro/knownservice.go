package lro

import "strings"

// KnownService returns the service of Google's that a host belongs to, and whether that service
// runs operations of the standard form, by the discovery documents. There are less than 200. A
// regional host belongs to its service: SERVICE.REGION.rep.googleapis.com,
// REGION-SERVICE.googleapis.com.
func KnownService(host string) (service string, known bool) {
	if _, known := operationPatterns[host]; known {
		return host, true
	}
	name, google := strings.CutSuffix(host, ".googleapis.com")
	if !google {
		return "", false
	}
	name, _, _ = strings.Cut(name, ".") // of SERVICE.REGION.rep, or of SERVICE.mtls
	for more := true; more; {
		service = name + ".googleapis.com"
		if _, known := operationPatterns[service]; known {
			return service, true
		}
		_, name, more = strings.Cut(name, "-")
	}
	return "", false
}
