package spanner

import (
	"context"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
)

// The request of CreateBackup is {"backup": Backup, "encryptionConfig": {...}},
// a Backup of its database, expireTime and versionTime; encryptionConfig has
// encryptionType and kmsKeyNames.
var createBackup = &method{
	name: "CreateBackup", activity: names.CreateBackup, target: kindBackup,
	metadata: "database.v1.CreateBackupMetadata", creates: true,
	prepare: func(in want) (call, error) {
		body, err := decode[createBackupRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		backup, err := nested[api.Backup](in.Request, "backup")
		if err != nil {
			return call{}, err
		}
		if err := kindDatabase.validate("request.backup.database", backup.Database); err != nil {
			return call{}, err
		}
		backup.Name = in.Target
		return call{
			start: func(ctx context.Context, s *api.Service, _ string, options []googleapi.CallOption) (*api.Operation, error) {
				create := s.Projects.Instances.Backups.Create(parent(in.Target), backup).BackupId(lastSegment(in.Target))
				if e := body.EncryptionConfig; e != nil {
					create.EncryptionConfigEncryptionType(e.EncryptionType).EncryptionConfigKmsKeyNames(e.KmsKeyNames...)
				}
				return create.Context(ctx).Do(options...)
			},
			owner: func(m metadata) starters.Owner { return byRequest(m.Database == backup.Database) },
		}, nil
	},
}

// createBackupRequest is CreateBackup's: over HTTP its parts travel apart, and
// the generated client has no message for the whole.
type createBackupRequest struct {
	Backup           *api.Backup `json:"backup"`
	EncryptionConfig *struct {
		EncryptionType string   `json:"encryptionType"`
		KmsKeyNames    []string `json:"kmsKeyNames"`
	} `json:"encryptionConfig"`
}

// The request of CopyBackup is the method's own, without backupId:
// {"sourceBackup": "projects/p/instances/i/backups/b", "expireTime": ...}.
var copyBackup = &method{
	name: "CopyBackup", activity: names.CopyBackup, target: kindBackup,
	metadata: "database.v1.CopyBackupMetadata", creates: true,
	prepare: func(in want) (call, error) {
		body, err := decode[api.CopyBackupRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		if err := kindBackup.validate("request.sourceBackup", body.SourceBackup); err != nil {
			return call{}, err
		}
		body.BackupId = lastSegment(in.Target)
		return call{
			start: func(ctx context.Context, s *api.Service, _ string, options []googleapi.CallOption) (*api.Operation, error) {
				return s.Projects.Instances.Backups.Copy(parent(in.Target), body).Context(ctx).Do(options...)
			},
			owner: func(m metadata) starters.Owner { return byRequest(m.SourceBackup == body.SourceBackup) },
		}, nil
	},
}
