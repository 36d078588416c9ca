// Package createtime reads when a resource was made out of its JSON. Workflow code may use it.
package createtime

import (
	"encoding/json"
	"time"
)

// Of returns the createTime of a resource, such as the response of the operation that made it. It
// returns zero if the resource does not say.
func Of(resource json.RawMessage) time.Time {
	var dated struct {
		CreateTime time.Time `json:"createTime"`
	}
	if json.Unmarshal(resource, &dated) != nil {
		return time.Time{}
	}
	return dated.CreateTime
}
