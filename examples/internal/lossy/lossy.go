package lossy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/awaitop/awaitop/examples/internal/console"
)

// Transport loses the first reply to each request that starts an operation: the
// server has acted, and nobody hears of it. It says so on the console. It is safe for concurrent use.
type Transport struct {
	// Base sends the requests.
	Base http.RoundTripper
	// Out is told of each reply that is lost.
	Out *console.Console

	mu   sync.Mutex
	lost map[string]bool
}

// errLost stands for a connection that broke.
var errLost = errors.New("connection lost before the reply")

// RoundTrip sends the request, and loses its reply the first time.
func (l *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	what, starts, err := startOf(r)
	if err != nil {
		return nil, err
	}
	response, err := l.Base.RoundTrip(r)
	if err != nil || !starts || !l.lose(what) {
		return response, err
	}
	_ = response.Body.Close()
	l.Out.Line("lost:     the reply to %s", r.Method+" "+r.URL.Path)
	return nil, errLost
}

// startOf reports whether a request starts an operation, and which.
func startOf(r *http.Request) (what string, starts bool, err error) {
	canceled := strings.HasSuffix(r.URL.Path, ":cancel")
	if canceled || r.Method != http.MethodPost && r.Method != http.MethodPatch || r.GetBody == nil {
		return "", false, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return "", false, err
	}
	raw, err := io.ReadAll(body)
	return r.Method + r.URL.Path + string(raw), true, err
}

func (l *Transport) lose(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost[what] {
		return false
	}
	if l.lost == nil {
		l.lost = map[string]bool{}
	}
	l.lost[what] = true
	return true
}
