package spanner

import (
	"regexp"
	"strings"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// kind is a kind of resource.
type kind struct {
	name    string // as in the API's messages
	pattern *regexp.Regexp
	example string
	// aggregate is the collection in the target's parent that lists the operations of all resources of
	// the kind. "" if only the resource itself lists them.
	aggregate string
	labels    bool // whether such a resource can have labels
	undated   bool // whether the API does not say when one was made

	getActivity, removeActivity string
}

var (
	kindInstance = &kind{
		name: "Instance", labels: true, pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+$`), example: "projects/p/instances/i",
		getActivity: names.GetInstance, removeActivity: names.DeleteInstance,
	}
	kindDatabase = &kind{
		name: "Database", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/databases/[^/]+$`), example: "projects/p/instances/i/databases/d",
		aggregate:   "databaseOperations",
		getActivity: names.GetDatabase, removeActivity: names.DropDatabase,
	}
	kindBackup = &kind{
		name: "Backup", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/backups/[^/]+$`), example: "projects/p/instances/i/backups/b",
		aggregate:   "backupOperations",
		getActivity: names.GetBackup, removeActivity: names.DeleteBackup,
	}
	kindConfig = &kind{
		name: "InstanceConfig", labels: true, undated: true, pattern: regexp.MustCompile(`^projects/[^/]+/instanceConfigs/[^/]+$`), example: "projects/p/instanceConfigs/custom-c",
		aggregate:   "instanceConfigOperations",
		getActivity: names.GetInstanceConfig, removeActivity: names.DeleteInstanceConfig,
	}
	kindPartition = &kind{
		name: "InstancePartition", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/instancePartitions/[^/]+$`), example: "projects/p/instances/i/instancePartitions/p",
		aggregate:   "instancePartitionOperations",
		getActivity: names.GetInstancePartition, removeActivity: names.DeleteInstancePartition,
	}

	kinds = []*kind{kindInstance, kindDatabase, kindBackup, kindConfig, kindPartition}
)

// allow reports, as an [*lro.InvalidError] for the given field, why nothing may
// be sent about the resource of that name.
func (a *Activities) allow(k *kind, field, name string) error {
	if err := k.validate(field, name); err != nil {
		return err
	}
	return a.client.Allow(field, lro.SpannerService, name)
}

// validate reports, as an [*lro.InvalidError] for the field, a name that is no resource's of the kind.
func (k *kind) validate(field, name string) error {
	if err := lro.ValidateTarget(field, name); err != nil {
		return err
	}
	if !k.pattern.MatchString(name) {
		return &lro.InvalidError{Field: field, Value: name, Want: "the name of a Spanner " + k.name + ", such as " + k.example}
	}
	return nil
}

// get, list and remove are the requests about a resource of a name, and its siblings.
func get(name string) catalog.RequestLine {
	return catalog.RequestLine{Verb: "GET", Path: apiVersion + name}
}

func list(name string) catalog.RequestLine {
	return catalog.RequestLine{Verb: "GET", Path: apiVersion + collection(name)}
}

func remove(name string) catalog.RequestLine {
	return catalog.RequestLine{Verb: "DELETE", Path: apiVersion + name}
}

// apiVersion begins the paths of both admin APIs.
const apiVersion = "v1/"

// collection is the name without its last segment.
func collection(name string) string { return name[:strings.LastIndexByte(name, '/')] }

// parent is the name without its last two segments, "" if it has no more.
func parent(name string) string {
	segments := strings.Split(name, "/")
	return strings.Join(segments[:max(len(segments)-2, 0)], "/")
}

func lastSegment(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
