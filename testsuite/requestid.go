package testsuite

import (
	"regexp"
	"strings"
	"time"

	"github.com/awaitop/awaitop/catalog"
)

// requestIDLife is how long a service remembers a requestId: "for at least 60 minutes since the first
// request" (418 descriptions in the discovery documents). After that the same request is a new one.
const requestIDLife = time.Hour

// requestKey is what a requestId is unique for.
type requestKey struct {
	method Method
	parent string
	id     string
}

// firstRequest is the request that a requestId has started an operation with.
type firstRequest struct {
	op *operation
	at time.Time
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

const zeroUUID = "00000000-0000-0000-0000-000000000000"

// validRequestID reports whether the requestId is a UUID, and not the zero one. Two methods of one service
// take any text.
func (c startCall) validRequestID() bool {
	id := strings.ToLower(c.text(c.m.RequestID))
	return id == "" || c.m.Service.Name == "recommendationengine" || uuid.MatchString(id) && id != zeroUUID
}

func (c startCall) requestKey() requestKey {
	parent := c.name
	if c.m.Makes() && catalog.Match(c.m.Made(), c.name) {
		parent = parentOf(c.name)
	}
	return requestKey{c.method, parent, strings.ToLower(c.text(c.m.RequestID))}
}

// remembered is the operation that the same requestId has started within its life, whatever the body of
// the request is now and whatever has become of the resource: nil if there is none.
func (s *Service) remembered(c startCall) *operation {
	key := c.requestKey()
	first := s.requests[key]
	if key.id == "" || first.op == nil || s.clock.Now().Sub(first.at) >= requestIDLife {
		return nil
	}
	return first.op
}

// remember notes the operation of a request. One that was refused is not remembered.
func (s *Service) remember(c startCall, op *operation) {
	if key := c.requestKey(); key.id != "" {
		s.requests[key] = firstRequest{op, s.clock.Now()}
	}
}
