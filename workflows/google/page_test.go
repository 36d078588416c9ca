package google_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

const page = "../../docs/any-service.md"

// goBlock is a code block of a document.
var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestPage wants each code block of the page to be code of this package's tests, word for word.
func TestPage(t *testing.T) {
	t.Parallel()
	var code string
	for _, file := range []string{"page_example_test.go", "page_test.go"} {
		code += read(t, file)
	}
	blocks := goBlock.FindAllStringSubmatch(read(t, page), -1)
	if len(blocks) < 10 {
		t.Errorf("%d blocks are found", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(code, block[1]) {
			t.Errorf("no test has this block:\n%s", block[1])
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A worker with every service starts with the environment's credentials, and asks nobody.
func TestPageServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials.json")
	const credentials = `{"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}`
	if err := os.WriteFile(file, []byte(credentials), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
	lazy, err := client.NewLazyClient(client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w, err := Serve(t.Context(), lazy); err != nil || w == nil {
		t.Errorf("%v, %v", w, err)
	}
}

// result runs a workflow, which must succeed, and returns its result.
func result[T any](t *testing.T, env *testsuite.Env, workflow any, args ...any) (out T) {
	t.Helper()
	succeed(t, env, workflow, args...)
	if err := env.GetWorkflowResult(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// succeed runs a workflow, which must succeed.
func succeed(t *testing.T, env *testsuite.Env, workflow any, args ...any) {
	t.Helper()
	env.ExecuteWorkflow(workflow, args...)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
}

func TestPageAwaits(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: "alloydb.googleapis.com"})
	ref := env.Start("projects/p/locations/l/operations/o", testsuite.Script{
		RunsFor: time.Hour, End: testsuite.Succeed(`{"name": "projects/p/locations/l/clusters/c", "state": "READY", "uid": "u"}`),
	})
	want := Cluster{Name: "projects/p/locations/l/clusters/c", State: "READY"}
	if got := result[Cluster](t, env, AwaitCluster, ref.String()); got != want {
		t.Errorf("the cluster is %+v", got)
	}
}

func TestPageAwaitsOtherForms(t *testing.T) {
	t.Parallel()
	const link = "https://www.googleapis.com/compute/v1/projects/p/global/networks/n"
	env := testsuite.NewEnv(t, testsuite.Options{Service: "compute.googleapis.com"})
	ref := env.Start("projects/p/global/operations/o", testsuite.Script{
		RunsFor: time.Hour, Metadata: testsuite.RawMetadata(`{"targetLink": "` + link + `"}`),
	})
	if got := result[Made](t, env, AwaitNetwork, ref.String()); got.TargetLink != link {
		t.Errorf("it has made %+v", got)
	}
}

// Each Ref of the page is one.
func TestPageRefs(t *testing.T) {
	t.Parallel()
	refs := regexp.MustCompile("`(//[a-z]+\\.googleapis\\.com/[^`]+)`").FindAllStringSubmatch(read(t, page), -1)
	if len(refs) != 8 {
		t.Errorf("the page has %d refs", len(refs))
	}
	for _, ref := range refs {
		if _, err := lro.ParseRef(ref[1]); err != nil {
			t.Error(err)
		}
	}
}

func TestPageStarts(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: "compute.googleapis.com"})
	made := result[Network](t, env, CreateNetwork, "projects/p/global/networks/n")
	if !strings.HasSuffix(made.SelfLink, "/projects/p/global/networks/n") {
		t.Errorf("the network is %+v", made)
	}
	env.AssertStarted(t, "compute.networks.insert", "projects/p/global/networks/n", 1)
}

func TestPageStartsTwice(t *testing.T) {
	t.Parallel()
	const method, job = "run.projects.locations.jobs.run", "projects/p/locations/l/jobs/j"
	env := testsuite.NewEnv(t, testsuite.Options{
		Service: "run.googleapis.com", Faults: []testsuite.Fault{testsuite.LostReply().On(method).Times(1)},
	})
	env.Put(job, nil)
	succeed(t, env, RunJob, job)
	env.AssertStarted(t, method, job, 2) // as the page says
}

// The saga of the page, with all that it makes.
func TestPageSaga(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t,
		testsuite.Options{}, testsuite.Options{Service: "compute.googleapis.com"}, testsuite.Options{Service: "alloydb.googleapis.com"})
	succeed(t, env, ProvisionPlane, "projects/p")
	env.AssertReady(t, "projects/p/instances/ledger")
	env.On("compute.googleapis.com").AssertReady(t, "projects/p/global/networks/orders")
	const cluster = "projects/p/locations/europe-west1/clusters/orders"
	env.On("alloydb.googleapis.com").AssertReady(t, cluster, cluster+"/instances/primary")
}

// The plan of the page says of each step what the page says, and starts nothing.
func TestPagePlan(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t,
		testsuite.Options{}, testsuite.Options{Service: "compute.googleapis.com"}, testsuite.Options{Service: "alloydb.googleapis.com"})
	env.On("compute.googleapis.com").Put("projects/p/global/networks/orders", nil)
	plan := result[workflows.Plan](t, env, PlanPlane, "projects/p")
	_, want, _ := strings.Cut(read(t, page), "```text\n") // the page has one such block
	want, _, _ = strings.Cut(want, "```")
	if got := plan.String(); got != want {
		t.Errorf("the plan is:\n%s\nwant:\n%s", got, want)
	}
	for _, service := range []string{lro.SpannerService, "compute.googleapis.com", "alloydb.googleapis.com"} {
		if refs := env.On(service).Refs(); len(refs) != 0 {
			t.Errorf("a plan started %v", refs)
		}
	}
}

func TestPlaneIsUndone(t *testing.T) {
	const network, primary = "compute.networks.insert", "alloydb.projects.locations.clusters.instances.create"
	env := testsuite.NewEnv(t,
		testsuite.Options{}, // Spanner
		testsuite.Options{Service: "compute.googleapis.com", Faults: []testsuite.Fault{
			testsuite.LostReply().On(network).Times(1),
		}},
		testsuite.Options{Service: "alloydb.googleapis.com", Plans: map[testsuite.Method][]testsuite.Script{
			primary: {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeInternal, "out of luck")}},
		}})
	env.ExecuteWorkflow(ProvisionPlane, "projects/p")
	testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeInternal)
	env.On("compute.googleapis.com").AssertStarted(t, network, "projects/p/global/networks/orders", 1)
	env.AssertNothingLeft(t)
}

// inSaga runs a function in a saga, and fails after it.
func inSaga(do func(ctx workflow.Context, saga *workflows.Saga) error) func(ctx workflow.Context) error {
	return func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			if err := do(ctx, saga); err != nil {
				return err
			}
			return errFail
		})
	}
}

// The change of the page is taken back: a second one is made.
func TestPageCompensates(t *testing.T) {
	t.Parallel()
	const patch, cache = "redis.projects.locations.instances.patch", "projects/p/locations/l/instances/i"
	env := testsuite.NewEnv(t, testsuite.Options{Service: "redis.googleapis.com"})
	env.Put(cache, map[string]any{"memorySizeGb": 1})
	env.ExecuteWorkflow(inSaga(func(ctx workflow.Context, saga *workflows.Saga) error { return GrowCache(ctx, saga, cache) }))
	if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "an undo") {
		t.Errorf("the workflow ended in %v", err)
	}
	env.AssertStarted(t, patch, cache, 2)
	env.AssertReady(t, cache)
}

// Databases that the service makes one after the other are made, and undone.
func TestPageInTheWay(t *testing.T) {
	t.Parallel()
	const insert, instance = "sql.databases.insert", "projects/p/instances/i"
	env := testsuite.NewEnv(t, testsuite.Options{
		Service: "sqladmin.googleapis.com", Plans: map[testsuite.Method][]testsuite.Script{insert: {{RunsFor: 5 * time.Minute}}},
	})
	env.Put(instance, nil)
	env.ExecuteWorkflow(inSaga(func(ctx workflow.Context, saga *workflows.Saga) error {
		return CreateDatabases(ctx, saga, instance)
	}))
	for _, name := range []string{"orders", "customers"} {
		env.AssertStarted(t, insert, instance+"/databases/"+name, 1)
	}
	if n := env.Count(insert); n < 3 || n > 4 {
		t.Errorf("%d calls: want two starts, and one or two that are refused", n)
	}
	env.AssertNothingLeft(t)
}

// Each row of the page's table of refusals is what a step is refused with.
func TestPageRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ method, target string }{
		"did you mean": {"alloydb.projects.locations.cluster.create", "projects/p/locations/l/clusters/c"},
		"it starts no operation, or there is no such method":                 {"storage.buckets.insert", "b/b"},
		"notebooks/v1 and notebooks/v2 differ":                               {"notebooks.projects.locations.instances.create", "projects/p/locations/l/instances/i"},
		"no delete of what it makes is known":                                {"cloudbuild.projects.builds.create", "projects/p/builds"},
		"no get of what it makes is known":                                   {"health.projects.subscribers.create", "projects/p/subscribers/s"},
		"it makes no resource that could be deleted":                         {"alloydb.projects.locations.clusters.promote", "projects/p/locations/l/clusters/c"},
		"the service chooses the id of what it makes":                        {"sql.backupRuns.insert", "projects/p/instances/i/backupRuns"},
		"not known where the id stands; use the locations form":              {"container.projects.zones.clusters.nodePools.create", "projects/p/zones/z/clusters/c/nodePools"},
		"not known where the id stands; start it with a starter of your own": {"firebase.projects.webApps.create", "projects/p/webApps"},
		"it has a step of its own":                                           {"spanner.projects.instances.databases.updateDdl", "projects/p/instances/i/databases/d/ddl"},
		"nothing tells its operation from another's":                         {"run.projects.locations.jobs.run", "projects/p/locations/l/jobs/j"},
		"the service has no method that reads its operations":                {"analyticshub.projects.locations.subscriptions.refresh", "projects/p/locations/l/subscriptions/s"},
		"it is a GET, which a proxy may repeat":                              {"datamigration.projects.locations.migrationJobs.fetchSourceObjects", "projects/p/locations/l/migrationJobs/m"},
		"its path names no resource":                                         {"aiplatform.evaluateDataset", "projects/p"},
	}
	_, table, _ := strings.Cut(read(t, page), "| the error says of the method |")
	var rows []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
		rows = append(rows, row[1])
	}
	for _, row := range rows {
		if _, ok := tests[row]; !ok {
			t.Errorf("no test holds the row %q", row)
		}
	}
	for says, tt := range tests {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(rows, says) {
				t.Error("the page has no such row")
			}
			env := testsuite.NewEnv(t, testsuite.Options{Service: hostOf(tt.method)})
			env.ExecuteWorkflow(inSaga(func(ctx workflow.Context, saga *workflows.Saga) error {
				step := google.Start[struct{}](tt.method, tt.target, nil)
				if !strings.Contains(says, "makes") { // it is not refused for its undo
					step = step.WithoutUndo()
				}
				_, err := workflows.Run(ctx, saga, step)
				return err
			}))
			err := env.GetWorkflowError()
			testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if !strings.Contains(err.Error(), says) {
				t.Errorf("it is refused with %v", err)
			}
		})
	}
}

// hostOf is the service of a method, any for one that the catalog does not have.
func hostOf(method string) string {
	m, err := catalog.Find(method)
	if err != nil {
		return "alloydb.googleapis.com"
	}
	return m.Service.Host
}
