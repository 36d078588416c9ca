package starters

import (
	"context"
	"encoding/json"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// OperationsOn lists the operations in a collection whose metadata names the target and
// the verb, such as "create", the newest first. Most of Google's services have such
// metadata: the fields target, verb and createTime. With the verb "" it lists those of
// each verb. The operations are [Unmarked]. An empty result says as well that the service
// has no list.
func OperationsOn(ctx context.Context, client lro.Client, collection lro.Collection, target, verb string) ([]Operation, error) {
	var found []Operation
	for page, err := range lro.Pages(ctx, client, lro.ListRequest{Collection: collection}) {
		if class := lro.Classify(err); class == lro.ClassUnsupported || class == lro.ClassNotFound {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, op := range page.Operations {
			var metadata struct {
				Target     string    `json:"target"`
				Verb       string    `json:"verb"`
				CreateTime time.Time `json:"createTime"`
			}
			_ = json.Unmarshal(op.Metadata, &metadata) // other metadata names no target
			if metadata.Target == target && (verb == "" || metadata.Verb == verb) {
				found = append(found, Operation{Operation: op, StartTime: metadata.CreateTime})
			}
		}
	}
	NewestFirst(found)
	return found, nil
}
