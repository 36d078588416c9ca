package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/lossy"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// cloud is a scripted server of each service.
type cloud struct {
	rest     rest.Options // how the worker reaches them
	input    plane.Input
	services map[string]*testsuite.Service
	servers  []*httptest.Server
}

func openCloud(f flags, out *console.Console) (*cloud, error) {
	c := &cloud{
		services: map[string]*testsuite.Service{},
		rest:     rest.Options{WithoutAuthentication: true},
		input: plane.Input{
			Project: "projects/dataplane", Location: "us-central1", Network: "projects/123456789012/global/networks/default",
			ID: "plane-" + strconv.FormatInt(time.Now().UnixNano(), 36),
			Pace: plane.Pace{
				Policy: lro.PollPolicy{InitialInterval: time.Second}, Heartbeat: 5 * time.Second, // a real AlloyDB is not worth a read each second
				Quarantine: 5 * time.Second, UndoWindow: 10 * time.Minute,
			},
		},
	}
	for name, plans := range plansOf(f.FailAt) {
		service, err := testsuite.NewService(testsuite.Options{Service: name, Plans: plans})
		if err != nil {
			c.close()
			return nil, err
		}
		server := httptest.NewServer(service.Handler())
		c.services[name], c.servers = service, append(c.servers, server)
		c.rest.Services = append(c.rest.Services, rest.Service{Name: name, Endpoint: server.URL})
	}
	if f.LoseReplies {
		c.rest.Transport = &lossy.Transport{Base: http.DefaultTransport, Out: out}
	}
	out.Line("APIs:     %d scripted servers", len(c.servers))
	return c, nil
}

// plansOf are the scripts of all operations, by service.
func plansOf(failAt string) map[string]map[testsuite.Method][]testsuite.Script {
	plans := map[string]map[testsuite.Method][]testsuite.Script{}
	for _, s := range steps {
		if plans[s.service] == nil {
			plans[s.service] = map[testsuite.Method][]testsuite.Script{}
		}
		plans[s.service][s.method] = []testsuite.Script{s.script(failAt)}
	}
	for service, methods := range deletes {
		for _, method := range methods {
			plans[service][method] = []testsuite.Script{{RunsFor: time.Second}}
		}
	}
	return plans
}

func (c *cloud) close() {
	for _, server := range c.servers {
		server.Close()
	}
}

// existing is what there is on the servers: resources, and operations that run.
func (c *cloud) existing() []string {
	found := []string{}
	for name, service := range c.services {
		for _, left := range service.Left() {
			found = append(found, "//"+name+"/"+strings.TrimPrefix(left, "//"+name+"/")) // names of services overlap
		}
	}
	slices.Sort(found)
	return found
}

// started is how many operations each step has really started.
func (c *cloud) started() map[string]int {
	counts := map[string]int{}
	for _, s := range steps {
		counts[s.name] = len(c.services[s.service].Started(s.method, ""))
	}
	return counts
}

// stepOf is the step that has started an operation, "" if none has.
func (c *cloud) stepOf(ref lro.Ref) string {
	for _, s := range steps {
		if s.service == ref.Service && slices.Contains(c.services[s.service].Started(s.method, ""), ref) {
			return s.name
		}
	}
	return ""
}
