package activities

import (
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// aggregates are Spanner's collections of the operations of all children of a
// parent, by the children's own collection
// (cloud.google.com/spanner/docs/reference/rest, v1).
var aggregates = map[string]string{
	"databases":          "databaseOperations",
	"backups":            "backupOperations",
	"instancePartitions": "instancePartitionOperations",
	"instanceConfigs":    "instanceConfigOperations",
}

// collectionOf returns the name of the collection an operation is listed in.
func collectionOf(name string) string { return name[:max(strings.LastIndexByte(name, '/'), 0)] }

// aggregateOf returns the collection that lists the operation along with those
// of its resource's siblings, "" where there is none.
func aggregateOf(ref lro.Ref) string {
	if ref.Service != lro.SpannerService {
		return ""
	}
	// .../databases/d/operations/o
	rest, _ := cutLast(ref.Name) // the operation
	rest, operations := cutLast(rest)
	rest, _ = cutLast(rest) // the resource
	parent, children := cutLast(rest)
	if aggregate := aggregates[children]; aggregate != "" && operations == "operations" && parent != "" {
		return parent + "/" + aggregate
	}
	return ""
}

// cutLast cuts a name before its last segment.
func cutLast(name string) (before, last string) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// family names the operations that one List may answer for.
func family(ref lro.Ref) lro.Collection {
	if aggregate := aggregateOf(ref); aggregate != "" {
		return lro.Collection{Service: ref.Service, Name: aggregate}
	}
	return lro.Collection{Service: ref.Service, Name: collectionOf(ref.Name)}
}
