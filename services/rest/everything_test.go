package rest_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// sample is a name of a pattern.
func sample(pattern string) string {
	name := strings.NewReplacer("*%2F*", "a%2Fb", "**", "s/t", "*", "s").Replace(pattern)
	return name
}

// A Client of every service sends each request as the catalog has it, and no other. The catalog's tests
// hold its lines to the discovery documents.
func TestEverything(t *testing.T) {
	t.Parallel()
	s := serve(t, answer(200, `{"name":"n","id":"n","status":"RUNNING"}`))
	client := s.client(t, func(o *rest.Options) { o.Services = []rest.Service{{Name: "*.googleapis.com", Endpoint: s.url}} })
	seen := 0
	for _, service := range catalog.Services() {
		if !strings.HasSuffix(service.Host, ".googleapis.com") {
			continue // as one of its own: Services has it by name
		}
		for _, c := range service.Collections() {
			seen++
			checkLines(t, s, client, c)
		}
	}
	if seen < 300 {
		t.Errorf("%d collections", seen)
	}
}

// firstLine is the request line of the newest version that has one.
func firstLine(ref lro.Ref, name string, line func(*catalog.Collection, string) (catalog.RequestLine, bool)) (catalog.RequestLine, bool) {
	for _, c := range catalog.CollectionsAt(ref.Service, ref.Name) {
		if line, ok := line(c, name); ok {
			return line, true
		}
	}
	return catalog.RequestLine{}, false
}

// checkLines makes each request about an operation of the collection.
func checkLines(t *testing.T, s *server, client *rest.Client, c *catalog.Collection) {
	t.Helper()
	ref := lro.Ref{Service: c.Service.Host, Name: sample(c.Pattern)}
	parent, _ := path.Split(path.Dir(ref.Name))
	tests := []struct {
		method string
		line   func() (catalog.RequestLine, bool)
		send   func() error
	}{
		{"get", func() (catalog.RequestLine, bool) { return firstLine(ref, ref.Name, (*catalog.Collection).Get) }, func() error { _, err := client.GetOperation(t.Context(), ref); return err }},
		{"cancel", func() (catalog.RequestLine, bool) { return firstLine(ref, ref.Name, (*catalog.Collection).Cancel) }, func() error { return client.CancelOperation(t.Context(), ref) }},
		{"delete", func() (catalog.RequestLine, bool) { return firstLine(ref, ref.Name, (*catalog.Collection).Delete) }, func() error { return client.DeleteOperation(t.Context(), ref) }},
		{"wait", func() (catalog.RequestLine, bool) { return firstLine(ref, ref.Name, (*catalog.Collection).Wait) }, func() error { _, err := client.WaitOperation(t.Context(), ref, time.Second); return err }},
		{"list", func() (catalog.RequestLine, bool) {
			return firstLine(ref, strings.TrimSuffix(parent, "/"), (*catalog.Collection).List)
		}, func() error {
			_, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
			return err
		}},
	}
	if !strings.Contains(ref.Name, "/") { // of Speech: nothing names its collection
		tests = tests[:4]
	}
	for _, tt := range tests {
		want, has := tt.line()
		before := len(s.received())
		err := tt.send()
		sent := s.received()[before:]
		switch {
		case !has && (len(sent) > 0 || err == nil):
			t.Errorf("%s of %s: %d requests, %v; want none", tt.method, ref, len(sent), err)
		case has && len(sent) == 0:
			t.Errorf("%s of %s: no request: %v", tt.method, ref, err)
		case has && !isLine(sent[0], want):
			t.Errorf("%s of %s: %s %s, want %s", tt.method, ref, sent[0].Method, sent[0].URL, want)
		}
	}
}

func isLine(r *http.Request, want catalog.RequestLine) bool {
	sent, err := url.PathUnescape(r.URL.EscapedPath())
	wanted, errWanted := url.PathUnescape("/" + want.Path)
	return err == nil && errWanted == nil && r.Method == want.Verb && sent == wanted &&
		(want.Parameter == "" || r.URL.Query().Get(want.Parameter) == want.Value)
}
