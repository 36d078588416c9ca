package catalog

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

const googleapis = ".googleapis.com"

// host is one host and what is there.
type host struct {
	name     string
	services []*Service
	patterns func() []string
}

func newHost(name string) *host {
	h := &host{name: name}
	h.patterns = sync.OnceValue(h.allPatterns)
	return h
}

// allPatterns are those of the host's collections.
func (h *host) allPatterns() []string {
	var patterns []string
	for _, s := range h.services {
		for _, c := range s.Collections() {
			patterns = append(patterns, c.Pattern)
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// ServicesAt returns the services and versions at a host, by name, the newest version first. A
// regional host belongs to its service, whether the document lists the region or not:
// SERVICE.REGION.rep.googleapis.com, REGION-SERVICE.googleapis.com.
func ServicesAt(hostname string) []*Service {
	for h := range the().hosts(hostname) {
		return slices.Clone(h.services)
	}
	return nil
}

// Patterns returns the host of the service that a host belongs to, and the patterns of the names of
// its operations in all versions and shapes, see [Match]. It reports whether there are any.
func Patterns(hostname string) (service string, patterns []string, known bool) {
	for h := range the().hosts(hostname) {
		if patterns := h.patterns(); len(patterns) > 0 {
			return h.name, patterns, true
		}
	}
	return "", nil, false
}

// hosts yields what is known at a host, or at one that it may be a regional form of.
func (x *index) hosts(hostname string) func(yield func(*host) bool) {
	return func(yield func(*host) bool) {
		if h, known := x.byHost[hostname]; known && !yield(h) {
			return
		}
		name, google := strings.CutSuffix(hostname, googleapis)
		if !google {
			return
		}
		name, _, _ = strings.Cut(name, ".") // of SERVICE.REGION.rep, or of SERVICE.mtls
		for more := true; more; {
			if h, known := x.byHost[name+googleapis]; known && !yield(h) {
				return
			}
			_, name, more = strings.Cut(name, "-")
		}
	}
}

// Hosts returns the hosts of all services of the catalog, sorted. They are the global ones.
func Hosts() []string { return slices.Sorted(maps.Keys(the().byHost)) }
