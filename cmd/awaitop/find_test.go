package main_test

import (
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A wait under an id of its own is found by its operation, in a namespace with the search attributes and in one without.
// If there are several, a command that changes one wants its id.
func TestFind(t *testing.T) {
	t.Parallel()
	for name, attributes := range map[string]bool{client.DefaultNamespace: true, "without-attributes": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !attributes {
				namespace(t, name)
			}
			f := finder{site: newSite(t, testsuite.Options{}), namespace: name}
			f.client = dialIn(t, name)
			f.embedded(sdk.Options{})
			t.Run("one", f.one)
			t.Run("several", f.several)
			t.Run("inline", func(t *testing.T) { f.inline(t, attributes) })
		})
	}
}

// finder runs commands in a namespace.
type finder struct {
	*site
	namespace string
}

func (f finder) awaitop(t *testing.T, args ...string) *process {
	t.Helper()
	return startIn(t, []string{"TEMPORAL_ADDRESS=" + dev.Address(), "TEMPORAL_NAMESPACE=" + f.namespace}, args...).wait(t)
}

// described waits until describe of an operation shows its workflows: the server's list lags.
func (f finder) described(t *testing.T, ref lro.Ref, ids ...string) {
	t.Helper()
	eventually(t, func() error {
		p := f.awaitop(t, "describe", ref.String())
		for _, id := range ids {
			if text := p.out.String() + p.err.String(); p.status != 0 || !strings.Contains(text, "workflow    "+id+"\n") {
				return fmt.Errorf("no workflow %s, status %d:\n%s", id, p.status, text)
			}
		}
		return nil
	})
}

// own starts a wait under an id, as a caller in another SDK does.
func (f finder) own(id string, ref lro.Ref) string {
	f.run(id, workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref})
	f.polled(id)
	return id
}

// one wait is acted on, also while that of workflows.Start has ended.
func (f finder) one(t *testing.T) {
	ref := f.backup("one")
	f.awaitop(t, "describe", ref.String()).wants(t, 1, "no AwaitOperation awaits it now")
	id := f.own(f.queue+"/own", ref)
	f.described(t, ref, id)
	said := ref.String() + " is awaited by the workflow " + id
	f.awaitop(t, "poll-now", ref.String()).wants(t, 0, said, "running")
	f.awaitop(t, "set-policy", ref.String(), "--maximum-interval", "5s").wants(t, 0, said, "maximum interval 5s")
	f.awaitop(t, "set-deadline", ref.String(), "--in", "2h").wants(t, 0, said, "the deadline is")
	f.awaitop(t, "list", "--workflow", ref.String(), "-o", "json").wants(t, 0, `"workflowId":"`+id+`"`)

	f.await(ref, workflows.AwaitOptions{})
	f.awaitop(t, "describe", ref.String()).wants(t, 0, "workflow    "+workflows.WorkflowID(ref)+"\n")
	f.awaitop(t, "abandon", ref.String()).wants(t, 0, "abandoned")
	p := f.awaitop(t, "describe", ref.String())
	p.wants(t, 0, "its wait "+workflows.WorkflowID(ref)+" has ended", "workflow    "+id+"\n")
	f.awaitop(t, "cancel", ref.String(), "--reason", "the wrong region").wants(t, 0, said)
	eventually(t, func() error {
		p := f.awaitop(t, "describe", id)
		if !strings.Contains(p.out.String(), "reason: the wrong region") {
			return fmt.Errorf("not canceled:\n%s", p.out.String())
		}
		return nil
	})
}

// several are all described. None of them is changed without its id.
func (f finder) several(t *testing.T) {
	ref := f.backup("several")
	a, b := f.own(f.queue+"-a", ref), f.own(f.queue+"-b", ref)
	f.described(t, ref, a, b)
	if found := lines[control.Status](t, f.awaitop(t, "describe", ref.String(), "-o", "json").out.String()); len(found) != 2 {
		t.Errorf("%d workflows, want 2", len(found))
	}
	f.awaitop(t, "abandon", ref.String()).wants(t, 2, "2 workflows await it, so name one of them by its id", a, b)
	f.awaitop(t, "abandon", a).wants(t, 0, "abandoned")
	eventually(t, func() error { // the list lags
		p := f.awaitop(t, "abandon", ref.String(), "--reason", "seen")
		if p.status != 0 {
			return fmt.Errorf("status %d: %s", p.status, p.err.String())
		}
		p.wants(t, 0, "is awaited by the workflow "+b, "abandoned")
		return nil
	})
}

// inline waits take no updates. They are found by their search attribute alone.
func (f finder) inline(t *testing.T, attributes bool) {
	refs := []lro.Ref{f.backup("inline"), f.backup("member")}
	id := f.queue + "-inline"
	f.run(id, inline, refs, attributes)
	if !attributes {
		f.polled(id)
		f.awaitop(t, "describe", refs[0].String()).wants(t, 1, "no AwaitOperation awaits it now")
		f.awaitop(t, "cancel", refs[0].String()).wants(t, 1, "no AwaitOperation awaits it now")
		return
	}
	f.described(t, refs[0], id)
	f.awaitop(t, "cancel", refs[0].String()).wants(t, 1, control.ErrNoAwaitOperation.Error()+": "+id, "temporal workflow cancel --workflow-id")
}
