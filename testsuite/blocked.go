package testsuite

import (
	"net/http"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// blocked refuses a start on a target whose resource another operation works on; nil if none does. The
// refusals are those that services send:
//   - Compute Engine, 400 resourceNotReady (github.com/GoogleCloudPlatform/magic-modules, 13881)
//   - Cloud SQL, 409 operationInProgress (github.com/hashicorp/terraform-provider-google, 4370)
//   - Kubernetes Engine, FAILED_PRECONDITION whose message names the operation (the same, 10366)
//
// The standard shape answers as the last one does.
func (s *Service) blocked(c startCall, target string) *reply {
	blocker := s.blocker(c, target)
	if blocker == nil {
		return nil
	}
	switch c.m.Shape {
	case catalog.Compute:
		answer := refused(lro.CodeFailedPrecondition, "The resource '%s' is not ready", blocker.target)
		answer.reason, answer.http = "resourceNotReady", http.StatusBadRequest
		return &answer
	case catalog.SQLAdmin:
		answer := refused(lro.CodeAborted, "Operation failed because another operation was already in progress. Try your request after the current operation is complete.")
		answer.reason, answer.http = "operationInProgress", http.StatusConflict
		return &answer
	default:
		name := blocker.name
		if c.m.Shape == catalog.Container {
			_, name = splitLast(name)
		}
		return c.refuse(lro.CodeFailedPrecondition, "Operation %s is currently %s %s. Please wait and try again once it is done.", name, doing(blocker), blocker.target)
	}
}

// doing is what an operation does, in the words of such a refusal.
func doing(op *operation) string {
	switch word := string(op.method[strings.LastIndexByte(string(op.method), '.')+1:]); word {
	case "create", "insert":
		return "creating"
	case "delete":
		return "deleting"
	case "patch", "update":
		return "updating"
	default:
		return "doing " + word + " of"
	}
}

// blocker is the operation that a start on a target must wait for.
func (s *Service) blocker(c startCall, target string) *operation {
	now := s.clock.Now()
	deletes := c.verb() == "DELETE"
	for _, op := range s.order {
		if op.target != "" && op.running(now) && s.conflict(c.m.Shape, op.target, target, deletes) {
			return op
		}
	}
	return nil
}

func (c startCall) verb() string { return c.route.verb }

// conflict reports whether an operation on one resource keeps another from starting on the target: on the
// same resource, on one around the target, and for a delete in it too. Cloud SQL and Kubernetes Engine
// run one operation for all that stands in an instance or cluster.
func (s *Service) conflict(shape catalog.Shape, running, target string, deletes bool) bool {
	if shape == catalog.SQLAdmin || shape == catalog.Container {
		return s.outermost(running) == s.outermost(target)
	}
	return under([]string{running}, target) || deletes && under([]string{target}, running)
}

// outermost is the outermost resource around a name that the service would know, or the name.
func (s *Service) outermost(name string) string {
	outer := name
	for above := parentOf(name); strings.Contains(above, "/"); above = parentOf(above) {
		if s.table().makerOf(above) != nil {
			outer = above
		}
	}
	return outer
}
