package sweep_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/sweep"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

const instances = "projects/p/instances/"

// bench is a scripted Spanner, and the activities on it.
type bench struct {
	t       *testing.T
	service *testsuite.Service
	url     string
	core    *activities.Activities
}

func newBench(t *testing.T, options testsuite.Options) *bench {
	t.Helper()
	service := testsuite.ForTest(t, options)
	url := service.Serve(t)
	client, err := rest.New(t.Context(), rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: url}},
		WithoutAuthentication: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return &bench{t: t, service: service, url: url, core: activities.New(client, activities.Options{})}
}

// find is one attempt of FindMarked.
func (b *bench) find(places ...orphans.Place) (out orphans.FindOutput, err error) {
	b.t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	sweep.New(b.core).Register(env)
	value, err := env.ExecuteActivity(orphans.FindMarkedName, orphans.FindInput{Places: places})
	if err != nil {
		return out, err
	}
	return out, value.Get(&out)
}

// findAll goes on until no place is left. It returns the items by their names.
func (b *bench) findAll(parents ...string) (items map[string]orphans.Item, all orphans.FindOutput) {
	b.t.Helper()
	items = map[string]orphans.Item{}
	for _, parent := range parents {
		all.Places = append(all.Places, orphans.Place{Kind: orphans.Parent, Service: lro.SpannerService, Name: parent})
	}
	for len(all.Places) > 0 {
		out, err := b.find(all.Places...)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, item := range out.Items {
			name := item.Ref.Name
			if item.Ref.IsZero() {
				name = item.Resource
			}
			if _, twice := items[name]; twice {
				b.t.Errorf("%s is found twice", name)
			}
			items[name] = item
		}
		all.Places, all.Seen = out.Places, all.Seen.Add(out.Seen)
		all.Problems = append(all.Problems, out.Problems...)
	}
	return items, all
}

func key(step string) string { return stepkey.New("order-1", "run", step) }

func labeled(key string) map[string]any {
	return map[string]any{"labels": map[string]any{"awaitop_key": key}}
}

// create starts a CreateInstance of an instance with labels.
func (b *bench) create(id string, instance map[string]any) {
	b.t.Helper()
	b.post("v1/projects/p/instances", map[string]any{"instanceId": id, "instance": instance})
}

// Operations are found by their own id and by the label of what they make, resources by their label. An operation that
// changes a labeled resource may be anybody's.
func TestFindMarked(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{})
	forever := testsuite.Script{End: testsuite.RunForever()}
	b.service.Plan("CreateInstance", forever, forever)
	b.create("making", labeled(key("making")))
	b.create("strangers", map[string]any{"displayName": "x"})
	b.service.Put(instances+"made", labeled(key("made")))
	b.service.Put(instances+"unlabeled", nil)
	b.service.Put(instances+"otherwise", labeled("of-another-tool"))
	b.service.Put(instances+"unlabeled/databases/db", nil)
	ddl := lro.Ref{Service: lro.SpannerService, Name: instances + "unlabeled/databases/db/operations/" + key("ddl") + "_2"}
	b.service.Start(ddl.Name, forever)
	b.service.Start(instances+"unlabeled/databases/db/operations/_auto_1", testsuite.Script{End: testsuite.Succeed(nil)})
	b.service.Plan("UpdateInstance", forever)
	b.patch("v1/"+instances+"made", map[string]any{"instance": map[string]any{"labels": map[string]any{"awaitop_key": key("made")}}, "fieldMask": "labels"})

	items, all := b.findAll("projects/p")
	if len(all.Problems) > 0 {
		t.Errorf("problems: %v", all.Problems)
	}
	got := map[string]string{}
	for _, item := range items {
		got[b.title(item)] = item.Key
	}
	want := map[string]string{
		"resource making":                                  key("making"),
		"resource made":                                    key("made"),
		"CreateInstance making/operations":                 key("making"),
		"CreateInstance strangers/operations":              "",
		"UpdateInstance made/operations":                   "",
		"UpdateDatabase unlabeled/databases/db/operations": key("ddl") + "_2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if all.Seen.Resources != 5 || all.Seen.Operations != 5 {
		t.Errorf("seen %+v, want 5 operations, one of them ended, and 5 resources", all.Seen)
	}
	made := items["//spanner.googleapis.com/"+instances+"made"]
	if made.Delete != "DELETE "+b.url+"/v1/"+instances+"made" || !made.WithoutAuthentication || made.Since.IsZero() || made.State != "READY" {
		t.Errorf("a resource: %+v", made)
	}
	if items[ddl.Name].Since.IsZero() {
		t.Errorf("an operation: %+v, want the time at which it began", items[ddl.Name])
	}
}

// title names an item for a table: operations have random ids.
func (b *bench) title(item orphans.Item) string {
	if item.Ref.IsZero() {
		return "resource " + strings.TrimPrefix(item.Resource, "//spanner.googleapis.com/"+instances)
	}
	op, _ := b.service.Peek(item.Ref)
	var metadata struct {
		Type string `json:"@type"`
	}
	_ = json.Unmarshal(op.Metadata, &metadata) // without metadata the type is ""
	method := strings.TrimSuffix(metadata.Type[strings.LastIndexByte(metadata.Type, '.')+1:], "Metadata")
	return method + " " + strings.TrimPrefix(item.Ref.Collection().Name, instances)
}

// post and patch are requests of another client.
func (b *bench) post(path string, body any) { b.send(http.MethodPost, path, body) }

func (b *bench) patch(path string, body any) { b.send(http.MethodPatch, path, body) }

func (b *bench) send(verb, path string, body any) {
	b.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), verb, b.url+"/"+path, bytes.NewReader(encoded))
	if err != nil {
		b.t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	if reply.StatusCode != http.StatusOK {
		b.t.Fatalf("%s %s: %s", verb, path, reply.Status)
	}
}

// A sweep of many resources and operations goes on where it stopped, and misses none.
func TestFindMarkedPages(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{PageSize: 7})
	const count = 260
	want := map[string]bool{}
	for i := range count {
		name := fmt.Sprintf("%si%d", instances, i)
		b.service.Put(name, labeled(key(name)))
		b.service.Start(name+"/operations/o", testsuite.Script{End: testsuite.RunForever()})
		want["//spanner.googleapis.com/"+name], want[name+"/operations/o"] = true, true
	}
	items, all := b.findAll("projects/p")
	for name := range want {
		if _, found := items[name]; !found {
			t.Errorf("%s is not found", name)
		}
	}
	if len(items) != 2*count || all.Seen != (orphans.Seen{Operations: count, Resources: count}) {
		t.Errorf("%d items, seen %+v", len(items), all.Seen)
	}
}

// What is below a resource is looked at before the next page of resources. The list of places is a payload, and does not
// grow with their number.
func TestFindMarkedDepthFirst(t *testing.T) {
	t.Parallel()
	const page = 5
	b := newBench(t, testsuite.Options{PageSize: page})
	for i := range 300 {
		name := fmt.Sprintf("%si%03d", instances, i)
		b.service.Put(name, labeled(key(name)))
	}
	places := []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/p"}}
	seen, most := 0, 0
	for len(places) > 0 {
		out, err := b.find(places...)
		if err != nil {
			t.Fatal(err)
		}
		places, seen, most = out.Places, seen+out.Seen.Resources, max(most, len(out.Places))
	}
	if bound := 4 * page; seen != 300 || most > bound {
		t.Errorf("%d resources seen, %d places at once, want 300, and %d at most", seen, most, bound)
	}
}

// A page that is larger than an attempt takes is read in parts.
func TestFindMarkedLargePage(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{PageSize: 1000})
	const count = 450
	for i := range count {
		b.service.Start(fmt.Sprintf("%si/operations/o%d", instances, i), testsuite.Script{End: testsuite.RunForever()})
	}
	out, err := b.find(orphans.Place{Kind: orphans.Operations, Service: lro.SpannerService, Name: instances + "i/operations"})
	if err != nil || len(out.Items) > 200 || len(out.Places) == 0 {
		t.Fatalf("%d items, %d places, %v", len(out.Items), len(out.Places), err)
	}
	items, all := b.findAll(instances + "i")
	if len(items) != count || all.Seen.Operations != count {
		t.Errorf("%d items, seen %+v, want %d", len(items), all.Seen, count)
	}
}

// What cannot be looked at is told, and the rest is looked at. What has gone meanwhile is no problem.
func TestFindMarkedProblems(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().On("ListInstances")}})
	spanner := func(name string, kind orphans.PlaceKind, found bool) orphans.Place {
		return orphans.Place{Kind: kind, Service: lro.SpannerService, Name: name, Found: found}
	}
	rows := map[string]struct {
		place orphans.Place
		code  lro.Code // 0 for no problem
	}{
		"a refusal":                     {spanner("projects/p/instances", orphans.Resources, false), lro.CodePermissionDenied},
		"nothing below a resource":      {spanner("projects/p/instances/i/databases/d/databaseRoles/r", orphans.Parent, false), lro.CodeInvalidArgument},
		"nothing below a found one":     {spanner("projects/p/instances/i/databases/d/databaseRoles/r", orphans.Parent, true), 0},
		"a service that is not served":  {orphans.Place{Kind: orphans.Operations, Service: "alloydb.googleapis.com", Name: "projects/p/locations/l/operations"}, lro.CodeInvalidArgument},
		"no name":                       {spanner("projects//x", orphans.Parent, false), lro.CodeInvalidArgument},
		"a kind of another release":     {spanner("projects/p", "bucket", false), lro.CodeInvalidArgument},
		"resources that have no labels": {spanner("projects/p/instances/i/databases", orphans.Resources, false), lro.CodeInvalidArgument},
	}
	for reason, row := range rows {
		out, err := b.find(row.place)
		if err != nil {
			t.Errorf("%s: %v", reason, err)
			continue
		}
		if row.code == 0 && len(out.Problems) == 0 {
			continue
		}
		if len(out.Problems) != 1 || out.Problems[0].Status.Code != row.code || out.Problems[0].Place != row.place.FullName() {
			t.Errorf("%s: %+v, want %s", reason, out.Problems, row.code)
		}
	}
}

// A transient error is for the next attempt. After a while it is a problem, so that one service does not hold up the rest.
func TestFindMarkedTransient(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.RateLimited(0).On(testsuite.MethodList)}})
	_, err := b.find(orphans.Place{Kind: orphans.Operations, Service: lro.SpannerService, Name: instances + "i/operations"})
	if failure, ok := lro.AsFailure(err); !ok || !slices.Contains(failure.Resources, "//spanner.googleapis.com/"+instances+"i/operations") {
		t.Errorf("%v, want a failure that names the place", err)
	}
}

// One operation is found if it runs. One that has ended, or is gone, is not. A name that is no operation's is a problem.
func TestFindMarkedOperation(t *testing.T) {
	t.Parallel()
	b := newBench(t, testsuite.Options{})
	b.service.Plan("CreateInstance", testsuite.Script{End: testsuite.RunForever()})
	b.create("making", labeled(key("making")))
	running := b.service.Start(instances+"i/operations/running", testsuite.Script{End: testsuite.RunForever()})
	ended := b.service.Start(instances+"i/operations/ended", testsuite.Script{End: testsuite.Succeed(nil)})
	making := b.service.Running()[0]
	if making == running {
		making = b.service.Running()[1]
	}
	rows := map[string]struct {
		name    string
		key     string
		items   int
		problem bool
	}{
		"it runs":               {running.Name, "", 1, false},
		"it runs and has a key": {making.Name, key("making"), 1, false},
		"it has ended":          {ended.Name, "", 0, false},
		"it is gone":            {instances + "i/operations/gone", "", 0, false},
		"it is none":            {instances + "i", "", 0, true},
	}
	for reason, row := range rows {
		out, err := b.find(orphans.Place{Kind: orphans.Operation, Service: lro.SpannerService, Name: row.name, Found: true})
		if err != nil || len(out.Items) != row.items || len(out.Places) != 0 || (len(out.Problems) > 0) != row.problem {
			t.Errorf("%s: %+v, %v", reason, out, err)
		}
		for _, item := range out.Items {
			if item.Ref.Name != row.name || item.Key != row.key {
				t.Errorf("%s: %+v", reason, item)
			}
		}
	}
}
