package spanner

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// kind is a kind of resource.
type kind struct {
	name    string // as in the API's messages
	pattern *regexp.Regexp
	example string
	// aggregate is the collection, in the target's parent, that lists the
	// operations of all resources of the kind; "" where they are listed below
	// the resource itself.
	aggregate string
	labels    bool // whether such a resource can have labels
	get       func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error)
	remove    func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error

	getActivity, removeActivity string
}

var (
	kindInstance = &kind{
		name: "Instance", labels: true, pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+$`), example: "projects/p/instances/i",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Get(name).Context(ctx).Do(options...)
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: activities.SpannerGetInstanceName, removeActivity: activities.SpannerDeleteInstanceName,
	}
	kindDatabase = &kind{
		name: "Database", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/databases/[^/]+$`), example: "projects/p/instances/i/databases/d",
		aggregate: "databaseOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Databases.Get(name).Context(ctx).Do(options...)
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Databases.DropDatabase(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: activities.SpannerGetDatabaseName, removeActivity: activities.SpannerDropDatabaseName,
	}
	kindBackup = &kind{
		name: "Backup", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/backups/[^/]+$`), example: "projects/p/instances/i/backups/b",
		aggregate: "backupOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Backups.Get(name).Context(ctx).Do(options...)
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Backups.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: activities.SpannerGetBackupName, removeActivity: activities.SpannerDeleteBackupName,
	}
	kindConfig = &kind{
		name: "InstanceConfig", labels: true, pattern: regexp.MustCompile(`^projects/[^/]+/instanceConfigs/[^/]+$`), example: "projects/p/instanceConfigs/custom-c",
		aggregate: "instanceConfigOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.InstanceConfigs.Get(name).Context(ctx).Do(options...)
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.InstanceConfigs.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: activities.SpannerGetInstanceConfigName, removeActivity: activities.SpannerDeleteInstanceConfigName,
	}
	kindPartition = &kind{
		name: "InstancePartition", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/instancePartitions/[^/]+$`), example: "projects/p/instances/i/instancePartitions/p",
		aggregate: "instancePartitionOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.InstancePartitions.Get(name).Context(ctx).Do(options...)
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.InstancePartitions.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: activities.SpannerGetInstancePartitionName, removeActivity: activities.SpannerDeleteInstancePartitionName,
	}

	kinds = []*kind{kindInstance, kindDatabase, kindBackup, kindConfig, kindPartition}
)

// allow reports, as an [*lro.InvalidError] for the given field, why nothing may
// be sent about the resource of that name.
func (a *Activities) allow(k *kind, field, name string) error {
	if err := lro.ValidateName(field, name); err != nil {
		return err
	}
	if !k.pattern.MatchString(name) {
		return &lro.InvalidError{Field: field, Value: name, Want: "the name of a Spanner " + k.name + ", such as " + k.example}
	}
	return a.client.Allow(field, lro.Ref{Service: lro.SpannerService, Name: name})
}

// resource is what is looked at of a resource, of whatever kind.
type resource struct {
	Labels     map[string]string `json:"labels"`
	CreateTime time.Time         `json:"createTime"`
	State      string            `json:"state"`
	raw        json.RawMessage
}

// labelKey is the label that holds the key of what made a resource.
const labelKey = "awaitop_key"

// madeBy reports whether the resource carries the key.
func (r *resource) madeBy(key string) bool { return r.Labels[labelKey] == key }

// notOlder reports whether the resource was made since then, as far as clocks
// can tell. One without a creation time is not known to be older.
func (r *resource) notOlder(since time.Time) bool {
	return r.CreateTime.IsZero() || !r.CreateTime.Before(since.Add(-activities.MaxClockSkew))
}

// follows reports whether a change that has ended was one of an earlier resource
// of the name.
func (r *resource) follows(change candidate) bool {
	start := change.startTime()
	return change.Done && !start.IsZero() && !r.CreateTime.IsZero() && start.Before(r.CreateTime)
}

// find reads a resource; nil if there is none.
func (a *Activities) find(ctx context.Context, k *kind, name string) (*resource, error) {
	var found any
	err := a.client.Call(ctx, "Get"+k.name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		found, err = k.get(ctx, a.api, name, options)
		return err
	})
	if activities.Classify(err) == activities.ClassNotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	r := &resource{raw: raw}
	return r, json.Unmarshal(raw, r)
}

// parent is the name without its last two segments.
func parent(name string) string {
	segments := strings.Split(name, "/")
	return strings.Join(segments[:len(segments)-2], "/")
}

func lastSegment(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
