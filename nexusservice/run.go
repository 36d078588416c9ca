package nexusservice

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func (s *service) run() nexus.RegisterableOperation {
	return started[workflows.RunInput, workflows.RunOutcome](s, Run, workflows.RunOperationName, func(call call, in *workflows.RunInput) (client.StartWorkflowOptions, error) {
		if err := in.Validate(); err != nil {
			return client.StartWorkflowOptions{}, failed(err)
		}
		if err := s.prepareRun(call, in); err != nil {
			return client.StartWorkflowOptions{}, refused(lro.Ref{}, err)
		}
		// A start, a wait and an undo end before a run timeout, so that the caller learns how.
		return call.start(client.StartWorkflowOptions{WorkflowRunTimeout: call.timeout}, "run"), nil
	})
}

func (s *service) undo() nexus.RegisterableOperation {
	return started[workflows.UndoInput, workflows.UndoOutcome](s, Undo, workflows.UndoOperationName, func(call call, in *workflows.UndoInput) (client.StartWorkflowOptions, error) {
		if err := in.Validate(); err != nil {
			return client.StartWorkflowOptions{}, failed(err)
		}
		err := s.prepareRun(call, &in.RunInput)
		if err == nil && in.Outcome != nil && !in.Outcome.Ref.IsZero() {
			err = call.rule.reach("outcome.ref", in.Outcome.Ref.Service, in.Outcome.Ref.Name)
		}
		if err != nil {
			return client.StartWorkflowOptions{}, refused(lro.Ref{}, err)
		}
		return call.start(client.StartWorkflowOptions{}, "undo"), nil // it goes on when its caller has given up
	})
}

// prepareRun sets what the handler decides, and refuses a step that the caller's rule does not allow.
// A key is the caller's own: that of another namespace is another key.
func (s *service) prepareRun(call call, in *workflows.RunInput) error {
	found, err := catalog.Find(in.Method)
	if err != nil {
		return uncataloged{in.Method, err}
	}
	if !call.rule.runs(in.Method) {
		return notAllowed("method", in.Method, "one of the caller's methods")
	}
	if err := call.rule.reach("target", found.Service.Host, in.Target); err != nil {
		return err
	}
	if in.WorkflowID != "" || in.FirstRunID != "" || in.RunID != "" {
		return &lro.InvalidError{Field: "workflowId", Value: in.WorkflowID, Want: "none: give a key, such as the workflow's id and the step's name"}
	}
	if in.HoldFor != 0 {
		return &lro.InvalidError{Field: "holdFor", Value: in.HoldFor.String(), Want: "none: undo by the operation undo"}
	}
	if in.Key != "" {
		in.Key = keyOf(call.caller.owner(), in.Key)
	}
	return s.decide(call, &in.Await)
}

// maxKey is the longest key of a RunInput, in bytes.
const maxKey = 1000

// keyOf is the key of a caller's key: no other owner's key is the same, whatever both have in them. The escaped owner has
// no "/". A long one is a hash.
func keyOf(owner, key string) string {
	owner = url.PathEscape(owner)
	if len(owner)+1+len(key) <= maxKey {
		return owner + "/" + key
	}
	return fmt.Sprintf("%s#%x", owner, sha256.Sum256([]byte(key)))
}

// uncataloged is why the catalog has no method, in its words. It is an [*lro.InvalidError].
type uncataloged struct {
	method string
	error
}

func (e uncataloged) Unwrap() error {
	return &lro.InvalidError{Field: "method", Value: e.method, Want: "a method of the catalog"}
}

// runs reports whether the rule allows a method of the catalog.
func (r Rule) runs(method string) bool {
	if at := strings.IndexByte(method, ':'); at >= 0 { // a version of the service
		method = method[at+1:]
	}
	return slices.ContainsFunc(r.Methods, func(allowed string) bool {
		return allowed == AllMethods || method == allowed || strings.HasPrefix(method, allowed+".")
	})
}
