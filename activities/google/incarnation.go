package google

import (
	"encoding/json"
	"strings"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// isOther reports whether an operation that has succeeded has made an earlier resource of the name than
// the one that is there: what an undo has deleted, and this step or a stranger has made again. The
// incarnation's own marks decide, if the service has any: Compute Engine's ids, or the createTime in the
// response. Else the resource is another if it is still being made, or was made after the operation's end.
func (k *kind) isOther(target *starters.Resource, op lro.Operation) bool {
	metadata, there := fieldsOf(op.Metadata), fieldsOf(target.JSON)
	if made, is := idOf(metadata["targetId"]), idOf(there["id"]); k.Shape == catalog.Compute && made != "" && is != "" {
		return made != is
	}
	if made := timeOf(fieldsOf(op.Response).at(k.CreateTime)); !made.IsZero() && !target.CreateTime.IsZero() {
		return !made.Equal(target.CreateTime)
	}
	ended := lro.ProgressOf(op.Metadata).EndTime
	return target.Creating || !ended.IsZero() && target.CreateTime.After(ended.Add(maxSkew))
}

// idOf reads an id, which is a number or a text of one.
func idOf(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }
