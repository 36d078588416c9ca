package testsuite_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// TestEveryCreate makes, reads, awaits and deletes one resource with every method of the catalog that makes
// one whose id is known, over HTTP, by nothing but what the catalog says.
func TestEveryCreate(t *testing.T) {
	t.Parallel()
	methods := 0
	for _, host := range catalog.Hosts() {
		var creates []*catalog.Method
		for _, version := range catalog.ServicesAt(host) {
			creates = append(creates, slices.DeleteFunc(slices.Clone(version.Methods()), isNoCreate)...)
		}
		if len(creates) == 0 || host == lro.SpannerService {
			continue
		}
		methods += len(creates)
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			everyCreate(t, host, creates)
		})
	}
	if methods < 450 {
		t.Errorf("only %d methods", methods)
	}
}

// isNoCreate leaves out what an organization's operations belong to: their names do not tell how to read
// them, so the catalog has no collection of them.
func isNoCreate(m *catalog.Method) bool {
	return !m.Makes() || m.Shape == catalog.Compute && strings.HasPrefix(m.Path, "locations/global/") ||
		m.CheckID() != nil || m.CheckUndo() != nil || strings.Contains(m.Target(), "**")
}

func everyCreate(t *testing.T, host string, creates []*catalog.Method) {
	for i, m := range creates {
		name := strings.TrimSuffix(strings.ReplaceAll(m.Made(), "*", "x"), "/x") + fmt.Sprintf("/x%d", i)
		if m.IDPlace.In == catalog.ByServer {
			name = strings.TrimSuffix(name, fmt.Sprintf("/x%d", i))
		}
		t.Run(m.Key(), func(t *testing.T) {
			plan := map[testsuite.Method][]testsuite.Script{testsuite.Method(m.ID): {{RunsFor: minute}}}
			s := serve(t, testsuite.Options{Service: host, Plans: plan})
			lifeOf(t, s, m, name)
		})
	}
}

// lifeOf is the life of one resource.
func lifeOf(t *testing.T, s served, m *catalog.Method, target string) {
	for above := target; strings.Contains(above, "/"); above = above[:strings.LastIndexByte(above, '/')] {
		if above != target && makes(m.Service.Host, above) {
			s.service.Put(above, nil)
		}
	}
	method := testsuite.Method(m.ID)
	s.want(startOf(m, target), 200)
	started := s.service.Started(method, "")
	if len(started) != 1 {
		t.Fatalf("started %v, want one", started)
	}
	client, err := rest.New(t.Context(), rest.Options{Services: []rest.Service{{Name: m.Service.Host, Endpoint: s.url}}, WithoutAuthentication: true})
	if err != nil {
		t.Fatal(err)
	}
	name := target
	if m.IDPlace.In == catalog.ByServer {
		name += "/1001"
	} else {
		s.want(startOf(m, target), 409)
	}
	s.service.AssertStarted(t, method, name, 1)
	get, _ := m.GetMade(name)
	s.want(httpCall{verb: get.Verb, path: get.Path}, 200)
	awaitHere(t, client, s, started[0], m)
	s.service.AssertReady(t, name)
	remove, _ := m.DeleteMade(name)
	s.want(httpCall{verb: remove.Verb, path: remove.Path}, 200)
	s.want(httpCall{verb: get.Verb, path: get.Path}, 404)
	s.service.AssertNothingLeft(t)
}

// makes reports whether a method of the host makes resources of such a name.
func makes(host, name string) bool {
	for _, version := range catalog.ServicesAt(host) {
		if slices.ContainsFunc(version.Methods(), func(m *catalog.Method) bool { return catalog.Match(m.Made(), name) }) {
			return true
		}
	}
	return false
}

// awaitHere reads the operation until it is done, if the service has a method for that.
func awaitHere(t *testing.T, client lro.Client, s served, ref lro.Ref, m *catalog.Method) {
	read := m.CheckAwait() == nil
	if read {
		if op, err := client.GetOperation(t.Context(), ref); err != nil || op.Done {
			t.Errorf("%s: %+v, %v, want it running", ref, op, err)
		}
	}
	s.clock.Advance(minute)
	if read {
		if op, err := client.GetOperation(t.Context(), ref); err != nil || op.State() != lro.StateSucceeded {
			t.Errorf("%s: %+v, %v, want it succeeded", ref, op, err)
		}
	}
}

// httpCall is a request by its line.
type httpCall struct {
	verb, path string
	body       map[string]any
}

// startOf is the request that starts a method for a target, with the id at its place.
func startOf(m *catalog.Method, target string) httpCall {
	line, id, _ := m.Request(target)
	call := httpCall{line.Verb, line.Path, map[string]any{}}
	switch m.IDPlace.In {
	case catalog.InQuery:
		call.path += "?" + m.IDPlace.Field + "=" + id
	case catalog.InName:
		id = target
		fallthrough
	case catalog.InBody:
		set(call.body, m.IDPlace.Field, id)
	}
	if m.Body != "" && m.Body != "-" && call.body[m.Body] == nil {
		call.body[m.Body] = map[string]any{}
	}
	return call
}

// set sets a field at a path such as "cluster.name".
func set(fields map[string]any, path, value string) {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		fields[name] = value
		return
	}
	inner, _ := fields[name].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
		fields[name] = inner
	}
	set(inner, rest, value)
}

// send sends a call, and returns the status and the fields of the reply.
func (s served) send(c httpCall) (int, map[string]any) {
	s.t.Helper()
	body, err := json.Marshal(c.body)
	if err != nil {
		s.t.Fatal(err)
	}
	if c.body == nil {
		body = nil
	}
	request, err := http.NewRequestWithContext(s.t.Context(), c.verb, s.url+"/"+c.path, strings.NewReader(string(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	fields := map[string]any{}
	if err := json.NewDecoder(response.Body).Decode(&fields); err != nil {
		return 0, nil
	}
	return response.StatusCode, fields
}

// want sends a call and wants its status.
func (s served) want(c httpCall, status int) map[string]any {
	s.t.Helper()
	got, fields := s.send(c)
	if got != status {
		s.t.Errorf("%s %s: %d %v, want %d", c.verb, c.path, got, fields, status)
	}
	return maps.Clone(fields)
}
