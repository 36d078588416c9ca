package starters_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// Shelf is what the step makes: a resource of an API that awaitop does not know.
type Shelf struct {
	Name       string            `json:"name,omitempty"`
	Theme      string            `json:"theme,omitempty"`
	Labels     map[string]string `json:"labels,omitempty"`
	CreateTime time.Time         `json:"createTime,omitzero"`
}

// CreateShelf is the step of a workflow: it makes a shelf, and its undo deletes it.
func CreateShelf(name string, shelf Shelf) workflows.Step[Shelf] {
	return workflows.Step[Shelf]{Activity: "acme.CreateShelf", Undo: "acme.DeleteShelf", Target: name, Request: shelf}
}

// starterOfShelves is the activity acme.CreateShelf. The shelf has the key as a label, so
// Find need not look for operations: a shelf with the label is the workflow's own.
func starterOfShelves(api *library) starters.Starter[Shelf] {
	return starters.Starter[Shelf]{
		Service: "library.example.com",
		Find: func(ctx context.Context, want starters.Want[Shelf]) (starters.Seen, error) {
			found, err := findShelf(ctx, api, want.Target, want.Key)
			return starters.Seen{Target: found}, err
		},
		Start: func(ctx context.Context, want starters.Want[Shelf], _ starters.Seen) (lro.Operation, error) {
			shelf := want.Request
			shelf.Name, shelf.Labels = want.Target, map[string]string{starters.LabelKey: want.Key}
			return api.Create(ctx, shelf)
		},
	}
}

// removerOfShelves is the activity acme.DeleteShelf.
func removerOfShelves(api *library) starters.Remover {
	return starters.Remover{
		Service: "library.example.com",
		Find: func(ctx context.Context, target, key string) (*starters.Resource, error) {
			return findShelf(ctx, api, target, key)
		},
		Remove: api.Delete,
	}
}

// findShelf tells whether there is a shelf, and whose it is.
func findShelf(ctx context.Context, api *library, name, key string) (*starters.Resource, error) {
	shelf, err := api.Get(ctx, name)
	if lro.Classify(err) == lro.ClassNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(shelf)
	return &starters.Resource{Owner: starters.OwnerByLabel(shelf.Labels, key), CreateTime: shelf.CreateTime, JSON: raw}, err
}

// My activity starts it: a saga makes a shelf, and something later fails. The reply of the
// first call is lost. The shelf is made once, and deleted.
func Example() {
	furnish := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			shelf, err := workflows.Run(ctx, saga, CreateShelf("shelves/poems", Shelf{Theme: "poems"}))
			if err != nil {
				return err
			}
			return fmt.Errorf("no books of %s", shelf.Theme)
		})
	}

	exampletest.Run(func(t testing.TB) { // in a test of yours: func TestFurnish(t *testing.T)
		env := testsuite.NewEnv(t, testsuite.Options{Service: "library.example.com"})
		api := &library{env: env, shelves: map[string]Shelf{}, loseReplies: 1}
		env.RegisterStarters(map[string]starters.Activity{
			"acme.CreateShelf": starterOfShelves(api),
			"acme.DeleteShelf": removerOfShelves(api),
		})
		env.ExecuteWorkflow(furnish)
		fmt.Println(errors.Unwrap(env.GetWorkflowError()))
		fmt.Printf("calls: %d, shelves left: %d\n", api.creates, len(api.shelves))
	})
	// Output:
	// no books of poems
	// calls: 1, shelves left: 0
}

// In a worker the starters are registered with all else.
func ExampleActivity() {
	_ = func(ctx context.Context, api *library) error {
		_, err := worker.Plugin(ctx, worker.Options{
			Starters: map[string]starters.Activity{
				"acme.CreateShelf": starterOfShelves(api),
				"acme.DeleteShelf": removerOfShelves(api),
			},
		})
		return err
	}
}

// library is the API in memory. Its operations and its time are the test environment's.
type library struct {
	env         *testsuite.Env
	shelves     map[string]Shelf
	creates     int
	loseReplies int
}

// Create starts an operation that makes a shelf.
func (l *library) Create(ctx context.Context, shelf Shelf) (lro.Operation, error) {
	if _, there := l.shelves[shelf.Name]; there {
		return lro.Operation{}, &lro.Error{Method: "CreateShelf", Status: lro.Status{Code: lro.CodeAlreadyExists}}
	}
	l.creates++
	shelf.CreateTime = l.env.Now()
	l.shelves[shelf.Name] = shelf
	ref := l.env.Start(fmt.Sprintf("operations/%d", l.creates), testsuite.Script{End: testsuite.Succeed(shelf)})
	if l.loseReplies > 0 {
		l.loseReplies--
		return lro.Operation{}, errors.New("connection reset by peer")
	}
	return l.env.GetOperation(ctx, ref)
}

// Get reads a shelf.
func (l *library) Get(_ context.Context, name string) (Shelf, error) {
	shelf, there := l.shelves[name]
	if !there {
		return Shelf{}, &lro.Error{Method: "GetShelf", Status: lro.Status{Code: lro.CodeNotFound}}
	}
	return shelf, nil
}

// Delete deletes a shelf.
func (l *library) Delete(_ context.Context, name string) (lro.Operation, error) {
	delete(l.shelves, name)
	return lro.Operation{}, nil
}
