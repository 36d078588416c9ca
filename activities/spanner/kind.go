package spanner

import (
	"context"
	"regexp"
	"strings"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
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
	get       func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error)
	// list returns a page of a parent's resources of the kind.
	list   func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (page any, next string, err error)
	remove func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error

	getActivity, removeActivity string
}

var (
	kindInstance = &kind{
		name: "Instance", labels: true, pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+$`), example: "projects/p/instances/i",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Get(name).Context(ctx).Do(options...)
		},
		list: func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (any, string, error) {
			page, err := s.Projects.Instances.List(parent).PageToken(token).Context(ctx).Do(options...)
			if err != nil {
				return nil, "", err
			}
			return page.Instances, page.NextPageToken, nil
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: names.GetInstance, removeActivity: names.DeleteInstance,
	}
	kindDatabase = &kind{
		name: "Database", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/databases/[^/]+$`), example: "projects/p/instances/i/databases/d",
		aggregate: "databaseOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Databases.Get(name).Context(ctx).Do(options...)
		},
		list: func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (any, string, error) {
			page, err := s.Projects.Instances.Databases.List(parent).PageToken(token).Context(ctx).Do(options...)
			if err != nil {
				return nil, "", err
			}
			return page.Databases, page.NextPageToken, nil
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Databases.DropDatabase(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: names.GetDatabase, removeActivity: names.DropDatabase,
	}
	kindBackup = &kind{
		name: "Backup", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/backups/[^/]+$`), example: "projects/p/instances/i/backups/b",
		aggregate: "backupOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.Backups.Get(name).Context(ctx).Do(options...)
		},
		list: func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (any, string, error) {
			page, err := s.Projects.Instances.Backups.List(parent).PageToken(token).Context(ctx).Do(options...)
			if err != nil {
				return nil, "", err
			}
			return page.Backups, page.NextPageToken, nil
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.Backups.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: names.GetBackup, removeActivity: names.DeleteBackup,
	}
	kindConfig = &kind{
		name: "InstanceConfig", labels: true, undated: true, pattern: regexp.MustCompile(`^projects/[^/]+/instanceConfigs/[^/]+$`), example: "projects/p/instanceConfigs/custom-c",
		aggregate: "instanceConfigOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.InstanceConfigs.Get(name).Context(ctx).Do(options...)
		},
		list: func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (any, string, error) {
			page, err := s.Projects.InstanceConfigs.List(parent).PageToken(token).Context(ctx).Do(options...)
			if err != nil {
				return nil, "", err
			}
			return page.InstanceConfigs, page.NextPageToken, nil
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.InstanceConfigs.Delete(name).Context(ctx).Do(options...)
			return err
		},
		getActivity: names.GetInstanceConfig, removeActivity: names.DeleteInstanceConfig,
	}
	kindPartition = &kind{
		name: "InstancePartition", pattern: regexp.MustCompile(`^projects/[^/]+/instances/[^/]+/instancePartitions/[^/]+$`), example: "projects/p/instances/i/instancePartitions/p",
		aggregate: "instancePartitionOperations",
		get: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) (any, error) {
			return s.Projects.Instances.InstancePartitions.Get(name).Context(ctx).Do(options...)
		},
		list: func(ctx context.Context, s *api.Service, parent, token string, options []googleapi.CallOption) (any, string, error) {
			page, err := s.Projects.Instances.InstancePartitions.List(parent).PageToken(token).Context(ctx).Do(options...)
			if err != nil {
				return nil, "", err
			}
			return page.InstancePartitions, page.NextPageToken, nil
		},
		remove: func(ctx context.Context, s *api.Service, name string, options []googleapi.CallOption) error {
			_, err := s.Projects.Instances.InstancePartitions.Delete(name).Context(ctx).Do(options...)
			return err
		},
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
	return a.allows.Allow(field, lro.SpannerService, name)
}

// validate reports, as an [*lro.InvalidError] for the field, a name that is no resource's of the kind.
func (k *kind) validate(field, name string) error {
	if err := lro.ValidateName(field, name); err != nil {
		return err
	}
	if !k.pattern.MatchString(name) {
		return &lro.InvalidError{Field: field, Value: name, Want: "the name of a Spanner " + k.name + ", such as " + k.example}
	}
	return nil
}

// parent is the name without its last two segments.
func parent(name string) string {
	segments := strings.Split(name, "/")
	return strings.Join(segments[:len(segments)-2], "/")
}

func lastSegment(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
