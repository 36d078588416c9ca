package testsuite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const libraryService = "library.example.com"

// Shelf is a resource of an API that awaitop does not know.
type Shelf struct {
	Name   string            `json:"name,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
}

// furnish is a saga of two services: an instance of Spanner, then a shelf.
func furnish(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		instance := spanner.CreateInstance("projects/p/instances/orders", spanner.Instance{ProcessingUnits: 100})
		if _, err := workflows.Run(ctx, saga, instance); err != nil {
			return err
		}
		shelf := workflows.Step[Shelf]{Activity: "acme.CreateShelf", Undo: "acme.DeleteShelf", Target: "shelves/poems"}
		_, err := workflows.Run(ctx, saga, shelf)
		return err
	})
}

// A saga of Spanner and of a service with starters of one's own. The reply to the first
// start of each service is lost. The workflow is canceled while the shelf is being made, and
// the first cancel of the shelf's operation fails. Nothing is made twice, and nothing is left.
func ExampleEnv_On() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t,
			testsuite.Options{
				Plans:  map[testsuite.Method][]testsuite.Script{"CreateInstance": {{RunsFor: 20 * time.Minute}}},
				Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").Times(1)},
			},
			testsuite.Options{Service: libraryService, Faults: []testsuite.Fault{
				testsuite.Unavailable().On(testsuite.MethodCancel).Times(1),
			}})
		api := &library{env: env, shelves: map[string]*madeShelf{}, loses: 1}
		env.RegisterStarters(map[string]starters.Activity{"acme.CreateShelf": api.starter(), "acme.DeleteShelf": api.remover()})
		env.RegisterDelayedCallback(env.CancelWorkflow, 30*time.Minute)
		env.ExecuteWorkflow(furnish)

		env.AssertCanceled(t, env.On(libraryService).Refs()[0])
		env.AssertNothingLeft(t)
		fmt.Println("canceled:", temporal.IsCanceledError(env.GetWorkflowError()))
		fmt.Printf("instances made: %d, shelves made: %d, left: %d\n", env.Count("CreateInstance"), api.creates, len(api.left()))
	})
	// Output:
	// canceled: true
	// instances made: 1, shelves made: 1, left: 0
}

// library is the API of shelves in memory. Its operations are the environment's. A shelf is
// there while its operation runs, and if it succeeded.
type library struct {
	env     *testsuite.Env
	shelves map[string]*madeShelf
	creates int
	loses   int // replies to Create
}

type madeShelf struct {
	Shelf
	created time.Time
	ref     lro.Ref
}

// create is the method that starts an operation.
func (l *library) create(_ context.Context, shelf Shelf) (lro.Operation, error) {
	if l.get(shelf.Name) != nil {
		return lro.Operation{}, &lro.Error{Method: "CreateShelf", Status: lro.Status{Code: lro.CodeAlreadyExists}}
	}
	l.creates++
	ref := l.env.On(libraryService).Start(fmt.Sprintf("operations/%d", l.creates), testsuite.Script{
		RunsFor: time.Hour, End: testsuite.Succeed(shelf), OnCancel: testsuite.HonorCancel(time.Minute),
	})
	l.shelves[shelf.Name] = &madeShelf{Shelf: shelf, created: l.env.Now(), ref: ref} // the environment's time, not the machine's
	if l.creates <= l.loses {
		return lro.Operation{}, errors.New("connection reset by peer")
	}
	return lro.Operation{Name: ref.Name}, nil
}

// get is nil for a shelf that is not there.
func (l *library) get(name string) *madeShelf {
	shelf := l.shelves[name]
	if shelf == nil {
		return nil
	}
	if op, _ := l.env.Peek(shelf.ref); op.State() == lro.StateFailed || op.State() == lro.StateCanceled {
		return nil
	}
	return shelf
}

// left names the shelves that are there.
func (l *library) left() (left []string) {
	for name := range l.shelves {
		if l.get(name) != nil {
			left = append(left, name)
		}
	}
	return left
}

func (l *library) find(_ context.Context, name, key string) (*starters.Resource, error) {
	shelf := l.get(name)
	if shelf == nil {
		return nil, nil
	}
	return &starters.Resource{Owner: starters.OwnerByLabel(shelf.Labels, key), CreateTime: shelf.created}, nil
}

func (l *library) starter() starters.Starter[Shelf] {
	return starters.Starter[Shelf]{
		Service: libraryService,
		Find: func(ctx context.Context, want starters.Want[Shelf]) (seen starters.Seen, err error) {
			seen.Target, err = l.find(ctx, want.Target, want.Key)
			if shelf := l.get(want.Target); shelf != nil { // as a List of the service would tell
				op, _ := l.env.Peek(shelf.ref)
				seen.Operations = []starters.Operation{{Operation: op, Owner: seen.Target.Owner, StartTime: shelf.created}}
			}
			return seen, err
		},
		Start: func(ctx context.Context, want starters.Want[Shelf], _ starters.Seen) (lro.Operation, error) {
			return l.create(ctx, Shelf{Name: want.Target, Labels: map[string]string{starters.LabelKey: want.Key}})
		},
	}
}

func (l *library) remover() starters.Remover {
	return starters.Remover{
		Service: libraryService,
		Find:    l.find,
		Remove: func(_ context.Context, name string) (lro.Operation, error) {
			delete(l.shelves, name)
			return lro.Operation{}, nil // the delete is no operation
		},
	}
}
