package testsuite

import (
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// operationName is the name of an operation that a method starts: in the collection of its service, of its
// shape, that is nearest to the target.
func operationName(m *catalog.Method, target string, serial int) string {
	id := fmt.Sprintf("operation-%d", serial)
	best, depth := "operations", -1
	for _, c := range m.Service.Collections() {
		if c.Shape != m.Shape {
			continue
		}
		if place, segments, fits := placeIn(c, target); fits && segments > depth {
			best, depth = place, segments
		}
	}
	return best + "/" + id
}

// placeIn is where operations on a target stand in a collection, and how many segments of the target that
// shares.
func placeIn(c *catalog.Collection, target string) (place string, shared int, fits bool) {
	if line, lists := c.List("operations/" + target); lists && line.Parameter == "" { // as Bigtable's
		return "operations/" + target + "/operations", 0, true
	}
	segments := strings.Split(parentOf(c.Pattern), "/")
	of := strings.Split(target, "/")
	for shared < min(len(segments), len(of)) && catalog.MatchSegment(segments[shared], of[shared]) {
		segments[shared] = of[shared]
		shared++
	}
	for _, rest := range segments[shared:] {
		if strings.Contains(rest, "*") {
			return "", 0, false
		}
	}
	return strings.Join(segments, "/"), shared, true
}
