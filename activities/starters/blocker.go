package starters

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// inTheWayReasons are the reasons, of both formats, of a refusal because another operation runs on the
// target.
var inTheWayReasons = map[string]bool{
	"operationInProgress": true, "OPERATION_IN_PROGRESS": true, // Cloud SQL
	"resourceNotReady": true, "RESOURCE_NOT_READY": true, // Compute Engine
	"CONCURRENT_OPERATION_IN_PROGRESS": true,
}

// inTheWayWords are those of such a refusal that has no reason, in small letters.
var inTheWayWords = []string{
	"another operation", "other operation", "incompatible operation", "concurrent operation", "pending operation",
	"operation in progress", "operation is in progress", "operation already in progress", "operation is already in progress",
	"operation is running", "operation is currently running", "operation was already in progress",
}

// The names of operations in messages: the whole name, or the id in the form of GKE and Compute Engine. GKE's
// refusal has none of the words above: "Operation operation-1558074043943-c4492e58 is currently upgrading
// cluster c. Please wait and try again once it is done." (github.com/hashicorp/terraform-provider-google, 3650).
var (
	operationName = regexp.MustCompile(`projects/[^\s"'` + "`" + `,;()]+/operations/[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]`)
	operationID   = regexp.MustCompile(`\boperation-[0-9][0-9a-z-]*\b`)
)

// inTheWay reports whether err refuses a call because another operation runs on the target, and the
// operation that the message names: its name, its id, or "". A refusal of the target's state that names an
// operation counts as one, whatever its words.
func inTheWay(err error) (operation string, blocked bool) {
	var failed *lro.Error
	if !errors.As(err, &failed) || failed.NoStatus {
		return "", false
	}
	message := failed.Status.Message
	operation = cmp.Or(operationName.FindString(message), operationID.FindString(message))
	reason, _ := failed.Status.Reason()
	blocked = inTheWayReasons[reason] || isOfState(failed.Status.Code) && (operation != "" || saysInTheWay(message))
	if !blocked {
		return "", false
	}
	return operation, true
}

// isOfState reports whether a code may refuse a call for the state of its target.
func isOfState(code lro.Code) bool {
	return code == lro.CodeAborted || code == lro.CodeFailedPrecondition || code == lro.CodeAlreadyExists || code == lro.CodeUnavailable
}

func saysInTheWay(message string) bool {
	message = strings.ToLower(message)
	for _, words := range inTheWayWords {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// blocked returns the result for a call that was refused because another operation is in the way: that
// the caller is to await it and to try again. It reports false for any other error.
func (a *attempt[R]) blocked(ctx context.Context, intent *Known, err error) (StartOutput, bool) {
	operation, blocked := inTheWay(err)
	if !blocked {
		return StartOutput{}, false
	}
	if lro.Classify(err) == lro.ClassTransient && lro.StatusOf(err).Code != lro.CodeAborted { // a 503 with such words may have acted
		a.known = intent
	}
	again := &StartAgain{Known: a.known, Error: statusOf(err), Blocker: lro.Ref{Service: a.starter.Service, Name: operation}}
	if again.Blocker.Validate() == nil {
		return StartOutput{Again: again}, true
	}
	again.Blocker = lro.Ref{}
	if a.starter.InTheWay != nil {
		// What cannot be read now names no blocker. The call is then tried again later.
		again.Blocker, _ = withinBudget(ctx, a.requests(a.starter.SelfPaced), func(ctx context.Context) (lro.Ref, error) {
			return a.starter.InTheWay(ctx, a.want, operation)
		})
	}
	return StartOutput{Again: again}, true
}
