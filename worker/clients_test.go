package worker

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// overGRPC is a client of the service without authentication.
func overGRPC(t *testing.T, service, endpoint string) *grpc.Client {
	t.Helper()
	client, err := grpc.New(t.Context(), grpc.Options{Service: service, Endpoint: endpoint, WithoutAuthentication: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// A worker awaits Spanner over gRPC, and starts operations over HTTP, at services of two addresses: each
// request shows by which client it went.
func TestClientOfAService(t *testing.T) {
	t.Parallel()
	awaited, started := testsuite.ForTest(t, testsuite.Options{}), testsuite.ForTest(t, testsuite.Options{})
	ref := awaited.Start("projects/p/instances/i/operations/o", testsuite.Script{})
	p, err := newPlugin(t.Context(), Options{
		Clients:    map[string]lro.Client{lro.SpannerService: overGRPC(t, lro.SpannerService, awaited.Serve(t))},
		Rest:       rest.Options{Services: []rest.Service{{Name: lro.SpannerService, Endpoint: started.Serve(t)}}, WithoutAuthentication: true},
		Activities: activities.Options{MaxHeld: activities.NeverHold},
	})
	if err != nil {
		t.Fatal(err)
	}
	var suite temporaltest.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	register(env, activities.New(p.client, activities.Options{MaxHeld: activities.NeverHold}), nil)

	op, err := p.client.GetOperation(t.Context(), ref)
	if err != nil || op.State() != lro.StateSucceeded || awaited.Count(testsuite.MethodGet) != 1 {
		t.Errorf("read %+v, %v, with %d calls", op, err, awaited.Count(testsuite.MethodGet))
	}
	in := starters.StartInput{
		Target: "projects/p/instances/j", Key: "k", Since: time.Now(),
		Request: []byte(`{"config":"projects/p/instanceConfigs/c","displayName":"j","nodeCount":1}`),
	}
	if _, err := env.ExecuteActivity(names.CreateInstance, in); err != nil || started.Count("CreateInstance") != 1 {
		t.Errorf("start: %v, with %d calls", err, started.Count("CreateInstance"))
	}
}

// Without a client over HTTP nothing can be started, and the activities say so at once.
func TestOnlyGRPC(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	options := Options{Clients: map[string]lro.Client{lro.SpannerService: overGRPC(t, lro.SpannerService, service.Serve(t))}}
	api, closeAll, err := options.client(t.Context()) // it looks for no credentials, of which there are none
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	var suite temporaltest.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	register(env, activities.New(api, activities.Options{MaxHeld: activities.NeverHold}), nil)
	_, err = env.ExecuteActivity(names.CreateInstance, starters.StartInput{})
	if failed := (*temporal.ApplicationError)(nil); !errors.As(err, &failed) || failed.Type() != starters.UnavailableType {
		t.Errorf("%v", err)
	}
}

func TestClientsValidation(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	own := map[string]lro.Client{lro.SpannerService: overGRPC(t, lro.SpannerService, service.Serve(t))}
	wrapped, err := poller.New(service, poller.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]struct {
		reason  string
		options Options
		field   string // "" for none
	}{
		"alone":            {"no client over HTTP is needed", Options{Clients: own}, ""},
		"budget":           {"of a service with a client", Options{Clients: own, Budgets: map[string]poller.Budget{lro.SpannerService: {RequestsPerSecond: 1}}}, ""},
		"idle budget":      {"with Clients, Rest has the services that it names", Options{Clients: own, Budgets: map[string]poller.Budget{"alloydb.googleapis.com": {RequestsPerSecond: 1}}}, "budgets"},
		"another's client": {"it would refuse every request", Options{Clients: map[string]lro.Client{"alloydb.googleapis.com": own[lro.SpannerService]}}, "clients.alloydb.googleapis.com"},
		"nil":              {"nor would that serve", Options{Clients: map[string]lro.Client{lro.SpannerService: nil}}, "clients.spanner.googleapis.com"},
		"no service":       {"a key is a service's name", Options{Clients: map[string]lro.Client{"Spanner": own[lro.SpannerService]}}, "clients.Spanner"},
		"a Poller":         {"two budgets, one below the other", Options{Clients: map[string]lro.Client{lro.SpannerService: wrapped}}, "clients"},
		"a Poller as well": {"so for the others", Options{Clients: own, Client: wrapped}, "clients"},
		"invalid Rest":     {"it is read if it has services", Options{Clients: own, Rest: rest.Options{Services: []rest.Service{{Name: "x"}}}}, "services[0].name"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := row.options.Validate()
			var invalid *lro.InvalidError
			if row.field == "" && err != nil || row.field != "" && (!errors.As(err, &invalid) || invalid.Field != row.field) {
				t.Errorf("%s: %v, want one for %q", row.reason, err, row.field)
			}
		})
	}
}

// Requests to real Spanner have a budget by default, over gRPC too; those to an emulator have none.
func TestBudgetOfAClient(t *testing.T) {
	t.Parallel()
	emulator := overGRPC(t, lro.SpannerService, "http://127.0.0.1:1")
	rows := map[string]struct {
		reason  string
		options Options
		want    bool
	}{
		"emulator":     {"without authentication", Options{Clients: map[string]lro.Client{lro.SpannerService: emulator}}, false},
		"beside it":    {"Rest only starts there", Options{Clients: map[string]lro.Client{lro.SpannerService: emulator}, Rest: rest.Options{Services: []rest.Service{{Name: lro.SpannerService}}}}, false},
		"another":      {"Spanner is not among the others", Options{Clients: map[string]lro.Client{"alloydb.googleapis.com": overGRPC(t, "alloydb.googleapis.com", "")}}, false},
		"among others": {"Rest reaches it", Options{Clients: map[string]lro.Client{"alloydb.googleapis.com": overGRPC(t, "alloydb.googleapis.com", "")}, Rest: rest.Options{Services: []rest.Service{{Name: lro.SpannerService}}}}, true},
		"with tokens":  {"the client says so", Options{Clients: map[string]lro.Client{lro.SpannerService: authenticated{emulator}}}, true},
		"no Clients":   {"the default", Options{}, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := row.options.spendsQuota(); got != row.want {
				t.Errorf("%s: %t", row.reason, got)
			}
		})
	}
}

// authenticated is a client that says that it authenticates.
type authenticated struct{ *grpc.Client }

func (authenticated) Authenticates(string) bool { return true }
