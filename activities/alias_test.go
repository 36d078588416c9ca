package activities_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// numbering is a service that takes a project's id, and answers with its number.
type numbering struct {
	lro.Client
	id, number string
}

func (n numbering) write(op lro.Operation) lro.Operation {
	op.Name = strings.Replace(op.Name, "projects/"+n.id+"/", "projects/"+n.number+"/", 1)
	return op
}

func (n numbering) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := n.Client.GetOperation(ctx, ref)
	return n.write(op), err
}

func (n numbering) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	page, err := n.Client.ListOperations(ctx, in)
	for i, op := range page.Operations {
		page.Operations[i] = n.write(op)
	}
	return page, err
}

// A service that writes a project's number for its id is listed all the same: once a Get
// has shown it, no wait takes another.
func TestPollerListsByProjectNumber(t *testing.T) {
	t.Parallel()
	for name, collection := range map[string]func(int) string{"collection": oneInstance, "databases": manyDatabases} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			refs := s.fleet(t, 100, collection, func(i int) testsuite.Script {
				return testsuite.Script{RunsFor: 5*time.Minute + time.Duration(i)*time.Second}
			})
			in := s.setInput(refs)
			in.Policy = lro.PollPolicy{IgnoreProgress: true}
			a := activities.New(numbering{s.service, "p", "123"}, s.options)
			out, err := pollSet(a, in)
			if err != nil || strings.Trim(string(out.States), "s") != "" {
				t.Fatalf("%s, %v", out.States, err)
			}
			if gets := s.service.Count(testsuite.MethodGet); gets > len(refs) {
				t.Errorf("%d reads one by one: %v", gets, s.service.Calls())
			}
		})
	}
}

// answersAs is a service that answers to a Get of one name by another.
type answersAs struct {
	lro.Client
	asked, name string
}

func (s answersAs) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := s.Client.GetOperation(ctx, ref)
	if ref.Name == s.asked {
		op.Name = s.name
	}
	return op, err
}

// The project is all that a reply teaches: the same id in another collection is another
// operation.
func TestProjectNumberIsNoOtherName(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		name   string
		listed string // what the collection lists as done
		want   lro.State
	}{
		"number":    {"it is the one", "projects/123/instances/i/operations/o", "projects/123/instances/i/operations/o", lro.StateSucceeded},
		"stranger":  {"another project's", "projects/123/instances/i/operations/o", "projects/999/instances/i/operations/o", lro.StateRunning},
		"instance":  {"another instance's", "projects/123/instances/i/operations/o", "projects/123/instances/j/operations/o", lro.StateRunning},
		"elsewhere": {"a reply by an altogether other name teaches nothing", "folders/7/operations/o", "projects/123/instances/i/operations/o", lro.StateRunning},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{End: testsuite.RunForever()})
			other := s.service.Start("projects/p/instances/i/operations/o2", testsuite.Script{End: testsuite.RunForever()})
			client := &listing{Client: answersAs{s.service, opName, row.name}, respond: func(lro.ListRequest) (lro.Page, error) {
				return lro.Page{Operations: []lro.Operation{
					{Name: row.listed, Done: true, Response: []byte(`{}`)}, {Name: other.Name, Metadata: []byte(`{}`)}, {Name: "projects/123/instances/i/operations/o2", Metadata: []byte(`{}`)},
				}}, nil
			}}
			in := s.setInput([]lro.Ref{s.ref, other})
			in.Deadline = start.Add(4 * time.Minute)
			out, err := pollSet(activities.New(client, s.options), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := out.States.State(0); got != row.want || out.States.State(1) != lro.StateRunning {
				t.Errorf("%s: states %s, want %s; %d lists", row.reason, out.States, row.want, len(client.lists))
			}
		})
	}
}
