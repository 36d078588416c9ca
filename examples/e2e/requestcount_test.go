package e2e

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"sync"
)

// requestCount counts the requests that name a resource of a run, by the run's id. It is safe for concurrent use.
type requestCount struct {
	mu      sync.Mutex
	counts  map[string]int
	awaited map[string]awaitedRequest
}

// awaitedRequest is a request that a test waits for.
type awaitedRequest struct {
	number int // among the run's
	came   chan struct{}
}

func newRequestCount() *requestCount {
	return &requestCount{counts: map[string]int{}, awaited: map[string]awaitedRequest{}}
}

// sweptID is the form of a run's id.
var sweptID = regexp.MustCompile(`sweep-[0-9]+`)

// through counts the requests to a handler, before it acts.
func (q *requestCount) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client is gone
		}
		q.note(sweptID.FindString(r.URL.Path + r.URL.RawQuery + string(body)))
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

func (q *requestCount) note(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts[id]++
	if next, ok := q.awaited[id]; ok && q.counts[id] == next.number {
		close(next.came)
	}
}

// await returns a channel that is closed when the nth request comes that names a resource of the run, which has not begun.
func (q *requestCount) await(id string, n int) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	next := awaitedRequest{number: n, came: make(chan struct{})}
	q.awaited[id] = next
	return next.came
}
