package google_test

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// blocked is a step, and what another program does to the same resource.
type blocked struct {
	class
	other testsuite.Method // of the other program
	line  string           // of its request
}

// blockedSteps has a step for each form of the refusal.
var blockedSteps = map[string]blocked{
	"the refusal names it": {
		class{method: "alloydb.projects.locations.clusters.patch", target: "projects/p/locations/l/clusters/c"},
		"alloydb.projects.locations.clusters.upgrade", "PATCH v1/projects/p/locations/l/clusters/c:upgrade"},
	"GKE names its id": {
		class{method: "container.projects.locations.clusters.nodePools.create", target: "projects/p/locations/l/clusters/c/nodePools/n", above: "projects/p/locations/l/clusters/c"},
		"container.projects.locations.clusters.update", "PUT v1/projects/p/locations/l/clusters/c"},
	"Cloud SQL does not name": {
		class{method: "sql.databases.insert", target: "projects/p/instances/i/databases/d", above: "projects/p/instances/i"},
		"sql.instances.restart", "POST v1/projects/p/instances/i/restart"},
	"Compute Engine says not ready": {
		class{method: "compute.networks.patch", target: "projects/p/global/networks/n"},
		"compute.networks.addPeering", "POST compute/v1/projects/p/global/networks/n/addPeering"},
}

// env is an environment of the step's service, in which the other program's operations run as scripted, each from its
// time on.
func (b blocked) env(t *testing.T, runs map[time.Duration]testsuite.Script) *testsuite.Env {
	t.Helper()
	b.exact = exactnessOf(t, b.method)
	env := b.class.env(t, testsuite.Script{RunsFor: time.Minute})
	if b.above == "" {
		env.Put(b.target, nil)
	}
	url := env.Serve(t)
	for at, script := range runs {
		env.RegisterDelayedCallback(func() {
			env.Plan(b.other, script)
			if err := b.sendOther(url); err != nil {
				t.Errorf("the other program was refused: %v", err)
			}
		}, at)
	}
	return env
}

// sendOther is the request of the other program.
func (b blocked) sendOther(url string) error {
	verb, path, _ := strings.Cut(b.line, " ")
	request, err := http.NewRequest(verb, url+"/"+path, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// run runs the step, a minute from now.
func (b blocked) run(ctx workflow.Context, options workflows.StepOptions) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{Steps: options}, func(ctx workflow.Context, saga *workflows.Saga) error {
		if err := workflow.Sleep(ctx, time.Minute); err != nil {
			return err
		}
		_, err := workflows.Run(ctx, saga, google.Start[struct{}](b.method, b.target, nil).WithoutUndo())
		return err
	})
}

// An operation of another caller's on the same target is awaited, and the step then starts: also if another one has taken
// its place by then. None is canceled.
func TestInTheWay(t *testing.T) {
	t.Parallel()
	const each = 4 * time.Minute
	for name, b := range blockedSteps {
		for blockers := 1; blockers <= 3; blockers++ {
			t.Run(name+strings.Repeat(", and another", blockers-1), func(t *testing.T) {
				t.Parallel()
				runs := map[time.Duration]testsuite.Script{}
				for i := range blockers {
					runs[time.Duration(i)*each] = testsuite.Script{RunsFor: each}
				}
				env := b.env(t, runs)
				began := env.Now()
				env.ExecuteWorkflow(func(ctx workflow.Context) error {
					return b.run(ctx, workflows.StepOptions{StartTimeout: time.Hour})
				})
				if err := env.GetWorkflowError(); err != nil {
					t.Fatal(err)
				}
				env.AssertStarted(t, testsuite.Method(b.method), b.target, 1)
				env.AssertStarted(t, b.other, "", blockers)
				env.AssertCalls(t, testsuite.MethodCancel, 0)
				if n := env.Count(testsuite.Method(b.method)); n > 3*blockers {
					t.Errorf("%d calls: it asks again and again instead of awaiting what is in the way", n)
				}
				if took := env.Now().Sub(began); took < time.Duration(blockers)*each {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// An operation in the way that does not end keeps the step from starting. The failure says so, once the step's time to
// start is over, and the operation is left alone.
func TestInTheWayForever(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		options  workflows.StepOptions
		min, max time.Duration
	}{
		"by default":        {"StartTimeout is 10 min", workflows.StepOptions{}, 10 * time.Minute, 15 * time.Minute},
		"the step's time":   {"StartTimeout is given", workflows.StepOptions{StartTimeout: 3 * time.Hour}, 3 * time.Hour, 200 * time.Minute},
		"its Await.Timeout": {"that begins with the start", workflows.StepOptions{Await: workflows.AwaitOptions{Timeout: time.Minute}}, 10 * time.Minute, 15 * time.Minute},
	}
	for name, b := range blockedSteps {
		for which, row := range rows {
			t.Run(name+"/"+which, func(t *testing.T) {
				t.Parallel()
				env := b.env(t, map[time.Duration]testsuite.Script{0: {End: testsuite.RunForever()}})
				began := env.Now()
				env.ExecuteWorkflow(func(ctx workflow.Context) error { return b.run(ctx, row.options) })
				failure, _ := lro.AsFailure(env.GetWorkflowError())
				if failure.Type != lro.TypeStartFailed || failure.MayRun {
					t.Fatalf("%s: %v", row.reason, env.GetWorkflowError())
				}
				blocker := env.Started(b.other, "")[0]
				if timeout := cmp.Or(row.options.StartTimeout, workflows.DefaultStartTimeout); !strings.Contains(env.GetWorkflowError().Error(), "StartTimeout is "+timeout.String()+", and ") {
					t.Errorf("%s: %v, want StartTimeout in it", row.reason, env.GetWorkflowError())
				}
				if want := "operation " + blocker.String() + " was still in the way when the time to start was over"; !strings.Contains(env.GetWorkflowError().Error(), want) {
					t.Errorf("%s: %v, want %q in it", row.reason, env.GetWorkflowError(), want)
				}
				if took := env.Now().Sub(began); took < row.min || took > row.max {
					t.Errorf("%s: it took %v", row.reason, took)
				}
				env.AssertStarted(t, testsuite.Method(b.method), b.target, 0)
				env.AssertCalls(t, testsuite.MethodCancel, 0)
			})
		}
	}
}

// A step that awaits one operation after the other until its time is over says how many and for how long. Its time is
// for all of them.
func TestInTheWayQueue(t *testing.T) {
	t.Parallel()
	const each = 4 * time.Minute
	runs := map[time.Duration]testsuite.Script{0: {RunsFor: each}, each: {RunsFor: each}, 2 * each: {End: testsuite.RunForever()}}
	for name, b := range blockedSteps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := b.env(t, runs)
			env.ExecuteWorkflow(func(ctx workflow.Context) error { return b.run(ctx, workflows.StepOptions{}) })
			if failure, _ := lro.AsFailure(env.GetWorkflowError()); failure.Type != lro.TypeStartFailed {
				t.Fatalf("it ended in %v", env.GetWorkflowError())
			}
			last := env.Started(b.other, "")[2].String()
			for _, want := range []string{"operation " + last + " was still in the way", "StartTimeout is 10m0s, and 9m", "awaiting operations in the way, 3 in all"} {
				if !strings.Contains(env.GetWorkflowError().Error(), want) {
					t.Errorf("%v, want %q in it", env.GetWorkflowError(), want)
				}
			}
		})
	}
}

// Operations on siblings that nothing tells apart are in the way of each other. None is taken for another step's,
// also after a lost reply, and each sibling is undone.
func TestSiblingsInTheWay(t *testing.T) {
	t.Parallel()
	const insert, instance = "sql.databases.insert", "projects/p/instances/i"
	names := []string{instance + "/databases/a", instance + "/databases/b", instance + "/databases/c"}
	lost := testsuite.LostReply().On(insert)
	tests := map[string]struct {
		reason string
		faults []testsuite.Fault
		runs   time.Duration
		fails  bool
	}{
		"all heard":        {"each waits for the one before", nil, 2 * time.Minute, false},
		"first reply lost": {"the operation that runs may be a sibling's", []testsuite.Fault{lost.Times(1)}, 2 * time.Minute, false},
		"each reply lost":  {"those of siblings have come since the call", []testsuite.Fault{lost.Calls(1, 3)}, 2 * time.Minute, false},
		"done at once":     {"what is there shows whose it is", []testsuite.Fault{lost.Times(2)}, 0, false},
		"undone":           {"operations on siblings tell nothing of whose it is", nil, 2 * time.Minute, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{
				Service: "sqladmin.googleapis.com", Faults: tt.faults,
				Plans: map[testsuite.Method][]testsuite.Script{insert: {{RunsFor: tt.runs}}},
			})
			env.Put(instance, nil)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					var steps []workflows.AnyStep
					for _, target := range names {
						steps = append(steps, google.Start[struct{}](insert, target, nil))
					}
					err := workflows.RunAll(ctx, saga, steps...)
					if err == nil && tt.fails {
						err = errors.New("out of luck")
					}
					return err
				})
			})
			if err := env.GetWorkflowError(); (err != nil) != tt.fails {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			for _, target := range names {
				env.AssertStarted(t, insert, target, 1)
			}
			env.AssertCalls(t, testsuite.MethodCancel, 0)
			if tt.fails {
				env.AssertNothingLeft(t)
			} else {
				env.AssertReady(t, names...)
			}
		})
	}
}

// Steps side by side that change what is in one instance of Cloud SQL are each sent, though operations name the instance
// alone. A change whose reply was lost may be sent again.
func TestChangesInTheWay(t *testing.T) {
	t.Parallel()
	const patch, remove, insert, instance = "sql.databases.patch", "sql.databases.delete", "sql.backupRuns.insert", "projects/p/instances/i"
	databases := []string{instance + "/databases/a", instance + "/databases/b"}
	backups := []string{instance + "/backupRuns"}
	tests := map[string]struct {
		reason  string
		method  string
		targets []string
		fault   []testsuite.Fault
		most    int // how often each is started at most
	}{
		"all heard":             {"a refusal because of the other's says that nothing was done", patch, databases, nil, 1},
		"the first refused":     {"a 503 that did nothing leaves the operation of the other", patch, databases, []testsuite.Fault{testsuite.Unavailable().On(patch).Times(1)}, 1},
		"the first reply lost":  {"what is set is set again", patch, databases, []testsuite.Fault{testsuite.LostReply().On(patch).Times(1)}, 2},
		"deletes":               {"the first is refused", remove, databases, []testsuite.Fault{testsuite.Unavailable().On(remove).Times(1)}, 1},
		"a delete's reply lost": {"it is not there, and an operation has succeeded", remove, databases, []testsuite.Fault{testsuite.LostReply().On(remove).Times(1)}, 1},
		"a backup's reply lost": {"the operation links the instance whose collection is the target", insert, backups, []testsuite.Fault{testsuite.LostReply().On(insert).Times(1)}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{
				Service: "sqladmin.googleapis.com", Faults: tt.fault,
				Plans: map[testsuite.Method][]testsuite.Script{testsuite.Method(tt.method): {{RunsFor: 2 * time.Minute}}},
			})
			env.Put(instance, nil)
			for _, database := range databases {
				env.Put(database, nil)
			}
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				var steps []workflows.AnyStep
				for _, target := range tt.targets {
					steps = append(steps, google.Start[struct{}](tt.method, target, nil))
				}
				return workflows.RunAll(ctx, nil, steps...)
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			for _, target := range tt.targets {
				if tt.method == insert {
					target = "" // the service chooses the id
				}
				if n := len(env.Started(testsuite.Method(tt.method), target)); n < 1 || n > tt.most {
					t.Errorf("%s: %s was started %d times", tt.reason, target, n)
				}
			}
		})
	}
}
