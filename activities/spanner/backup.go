package spanner

import (
	"net/url"

	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
)

// The request of CreateBackup is {"backup": Backup, "encryptionConfig": {...}},
// a Backup of its database, expireTime and versionTime; encryptionConfig has
// encryptionType and kmsKeyNames.
var createBackup = &method{
	name: "CreateBackup", id: "projects.instances.backups.create", activity: names.CreateBackup, target: kindBackup,
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
			body:  always(backup),
			query: body.EncryptionConfig.query(),
			owner: func(m metadata) starters.Owner { return byRequest(m.Database == backup.Database) },
		}, nil
	},
}

// createBackupRequest is CreateBackup's: over HTTP its parts travel apart, and
// the generated client has no message for the whole.
type createBackupRequest struct {
	Backup           *api.Backup       `json:"backup"`
	EncryptionConfig *encryptionConfig `json:"encryptionConfig"`
}

type encryptionConfig struct {
	EncryptionType string   `json:"encryptionType"`
	KmsKeyNames    []string `json:"kmsKeyNames"`
}

// query is the config as parameters of a request, nil for none.
func (c *encryptionConfig) query() url.Values {
	if c == nil {
		return nil
	}
	query := url.Values{"encryptionConfig.encryptionType": {c.EncryptionType}}
	if len(c.KmsKeyNames) > 0 {
		query["encryptionConfig.kmsKeyNames"] = c.KmsKeyNames
	}
	return query
}

// The request of CopyBackup is the method's own, without backupId:
// {"sourceBackup": "projects/p/instances/i/backups/b", "expireTime": ...}.
var copyBackup = &method{
	name: "CopyBackup", id: "projects.instances.backups.copy", activity: names.CopyBackup, target: kindBackup,
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
			body:  always(body),
			owner: func(m metadata) starters.Owner { return byRequest(m.SourceBackup == body.SourceBackup) },
		}, nil
	},
}
