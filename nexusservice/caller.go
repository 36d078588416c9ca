package nexusservice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/sdk/temporalnexus"

	"github.com/awaitop/awaitop/lro"
)

// Caller says who called, as the Temporal server tells it. It is in the memo of a workflow that the
// service has started.
type Caller struct {
	// Namespace is the caller's, "" if it is not known.
	Namespace string `json:"namespace,omitempty"`
	// WorkflowID and RunID are those of the caller's workflow, "" if they are not known.
	WorkflowID string `json:"workflowId,omitempty"`
	RunID      string `json:"runId,omitempty"`
	// Endpoint is the Nexus endpoint that was called, "" from servers before 1.30.
	Endpoint string `json:"endpoint,omitempty"`
	// Ref names the operation of an [Await], zero for an [AwaitAll].
	Ref lro.Ref `json:"ref,omitzero"`
}

// linkTypes are the types of links that name a caller.
var linkTypes = []string{"temporal.api.common.v1.Link.WorkflowEvent", "temporal.api.common.v1.Link.NexusOperation"}

// callerOf reads who calls from a request. Sources that contradict each other are not allowed.
func callerOf(ctx context.Context, request nexus.StartOperationOptions) (Caller, error) {
	caller := Caller{Endpoint: temporalnexus.GetOperationInfo(ctx).Endpoint}
	var namespaces []string
	for _, link := range request.Links {
		if !slices.Contains(linkTypes, link.Type) {
			continue
		}
		if event, err := temporalnexus.ConvertNexusLinkToLinkWorkflowEvent(link); err == nil {
			caller.WorkflowID, caller.RunID = event.GetWorkflowId(), event.GetRunId()
			namespaces = append(namespaces, event.GetNamespace())
		} else if operation, err := temporalnexus.ConvertNexusLinkToLinkNexusOperation(link); err == nil {
			namespaces = append(namespaces, operation.GetNamespace())
		}
	}
	if namespace := callbackNamespace(request.CallbackURL); namespace != "" {
		namespaces = append(namespaces, namespace)
	}
	slices.Sort(namespaces)
	switch namespaces = slices.Compact(namespaces); len(namespaces) {
	case 0:
		return caller, nil
	case 1:
		caller.Namespace = namespaces[0]
		return caller, nil
	default:
		return caller, notAllowed("caller", strings.Join(namespaces, ", "), "one namespace, the same in the request's link and its callback")
	}
}

// callbackNamespace is the namespace in a callback's URL of the form that Temporal's frontend
// serves, "" for another.
func callbackNamespace(callback string) string {
	parsed, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	rest, ok := strings.CutPrefix(parsed.EscapedPath(), "/namespaces/")
	namespace, path, _ := strings.Cut(rest, "/")
	if !ok || path != "nexus/callback" {
		return ""
	}
	name, err := url.PathUnescape(namespace)
	if err != nil {
		return ""
	}
	return name
}

// authorize returns who calls an operation, and the caller's rule. The error of a caller that may
// not call is a [refusal].
func (s *service) authorize(ctx context.Context, operation string, request nexus.StartOperationOptions) (Caller, Rule, error) {
	caller, err := callerOf(ctx, request)
	if err != nil {
		return caller, Rule{}, err
	}
	rule := s.options.Allow
	if len(s.options.Callers) > 0 {
		var known bool
		if rule, known = s.options.Callers[caller.Namespace]; !known {
			return caller, rule, notAllowed("caller", caller.Namespace, "a namespace that the worker's options name")
		}
	}
	if !rule.calls(operation) {
		return caller, rule, notAllowed("operation", operation, "one of "+strings.Join(rule.Operations, ", "))
	}
	return caller, rule, nil
}

// reach reports whether the rule allows what a field of the input names, as a [refusal].
func (r Rule) reach(field, service, name string) error {
	if r.allows(service, name) {
		return nil
	}
	return notAllowed(field, "//"+service+"/"+name, "a name below one of the caller's resources")
}

// maxOwner is the longest namespace that stands in ids of workflows as it is, in bytes.
const maxOwner = 48

// owner marks the workflows that the caller's namespace has started: it stands in their ids. Unlike
// the memo, an id is the same behind a payload codec.
func (c Caller) owner() string {
	if len(c.Namespace) <= maxOwner && !strings.ContainsAny(c.Namespace, "#~") {
		return c.Namespace
	}
	sum := sha256.Sum256([]byte(c.Namespace))
	return "~" + hex.EncodeToString(sum[:16])
}

// owns reports whether a call from the caller's namespace has started the workflow of the id.
func (c Caller) owns(id string) bool {
	parts := strings.Split(id, "#")
	return c.Namespace != "" && len(parts) == 3 && parts[1] == c.owner()
}
