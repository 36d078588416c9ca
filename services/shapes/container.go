package shapes

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// container is the form of Kubernetes Engine. An operation that aborts goes on until it is done
// (cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.operations).
var container = Shape{Name: "container", done: "DONE", id: "name", list: "operations", failure: statusFailure}

// statusFailure reads an error that is a google.rpc.Status. The older statusMessage is at times all
// that tells of a failure.
func statusFailure(end ended) *lro.Status {
	var status lro.Status
	switch {
	case isObject(end.Error) && json.Unmarshal(end.Error, &status) == nil && status.Code != lro.CodeOK:
		return &status
	case isObject(end.Error), end.StatusMessage != "":
		return &lro.Status{Code: lro.CodeUnknown, Message: firstOf(status.Message, end.StatusMessage)}
	default:
		return nil
	}
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return "the operation failed, and does not say why"
}
