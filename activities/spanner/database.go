package spanner

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"

	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// databaseID is an id that needs no quotes in either dialect's CREATE DATABASE.
var databaseID = regexp.MustCompile(`^[a-z][a-z0-9_\-]{0,28}[a-z0-9]$`)

// The request of CreateDatabase is the method's own: {"extraStatements": [...], "databaseDialect": "POSTGRESQL", ...}. The
// starter writes the createStatement. One that is given has to be of the target.
var createDatabase = &method{
	name: "CreateDatabase", id: "projects.instances.databases.create", activity: names.CreateDatabase, target: kindDatabase,
	metadata: "database.v1.CreateDatabaseMetadata", creates: true,
	prepare: func(in want) (call, error) {
		body, err := decode[api.CreateDatabaseRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		id := lastSegment(in.Target)
		if !databaseID.MatchString(id) {
			return call{}, &lro.InvalidError{Field: "target", Value: in.Target, Want: "a database id that matches " + databaseID.String()}
		}
		if err := checkCreateStatement(body.CreateStatement, id); err != nil {
			return call{}, err
		}
		quote := "`"
		if body.DatabaseDialect == "POSTGRESQL" {
			quote = `"`
		}
		body.CreateStatement = "CREATE DATABASE " + quote + id + quote
		return call{
			body:  always(body),
			owner: func(metadata) starters.Owner { return starters.Unmarked }, // it holds the database's name and nothing else
		}, nil
	},
}

// createDatabaseStatement is a CREATE DATABASE in either dialect, with the id in it.
var createDatabaseStatement = regexp.MustCompile("(?i)^\\s*CREATE\\s+DATABASE\\s+[`\"]?([^\\s`\";]+)[`\"]?\\s*;?\\s*$")

// checkCreateStatement reports, as an [*lro.InvalidError], that a statement creates another database than that of the id.
func checkCreateStatement(statement, id string) error {
	if found := createDatabaseStatement.FindStringSubmatch(statement); statement == "" || found != nil && found[1] == id {
		return nil
	}
	return &lro.InvalidError{Field: "request.createStatement", Value: statement, Want: "none, or CREATE DATABASE " + id + ": the target has the id"}
}

// The request of RestoreDatabase is the method's own, without databaseId:
// {"backup": "projects/p/instances/i/backups/b", ...}.
var restoreDatabase = &method{
	name: "RestoreDatabase", id: "projects.instances.databases.restore", activity: names.RestoreDatabase, target: kindDatabase,
	metadata: "database.v1.RestoreDatabaseMetadata", creates: true,
	prepare: func(in want) (call, error) {
		body, err := decode[api.RestoreDatabaseRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		if err := kindBackup.validate("request.backup", body.Backup); err != nil {
			return call{}, err
		}
		body.DatabaseId = lastSegment(in.Target)
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return byRequest(m.BackupInfo.Backup == body.Backup) },
		}, nil
	},
}

// The request of UpdateDatabase is {"database": Database, "updateMask": "enableDropProtection"}.
var updateDatabase = &method{
	name: "UpdateDatabase", id: "projects.instances.databases.patch", activity: names.UpdateDatabase, target: kindDatabase,
	metadata: "database.v1.UpdateDatabaseMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.UpdateDatabaseRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		mask, err := maskOf("request.updateMask", body.UpdateMask)
		if err != nil {
			return call{}, err
		}
		database, err := nested[api.Database](in.Request, "database")
		if err != nil {
			return call{}, err
		}
		database.Name = in.Target
		return call{
			body:  always(database),
			query: url.Values{"updateMask": {body.UpdateMask}},
			owner: func(m metadata) starters.Owner { return byRequest(same(database, mask, m.Request.Database)) },
		}, nil
	},
}

// The request of UpdateDatabaseDdl is the method's own, without operationId:
// {"statements": [...], "protoDescriptors": ...}.
var updateDatabaseDdl = &method{
	name: "UpdateDatabaseDdl", id: "projects.instances.databases.updateDdl", activity: names.UpdateDatabaseDdl, target: kindDatabase, below: "/ddl",
	metadata: "database.v1.UpdateDatabaseDdlMetadata", ids: true,
	prepare: func(in want) (call, error) {
		body, err := decode[api.UpdateDatabaseDdlRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		if len(body.Statements) == 0 || slices.Contains(body.Statements, "") {
			return call{}, &lro.InvalidError{Field: "request.statements", Value: string(in.Request), Want: "one or more DDL statements"}
		}
		if body.OperationId != "" {
			return call{}, &lro.InvalidError{Field: "request.operationId", Value: body.OperationId, Want: "none: the starter makes it of the step's key"}
		}
		return call{
			body: func(id string) any {
				with := *body
				with.OperationId = id
				return &with
			},
			// Its id is the key; but a step's statements may have changed, or
			// another step may have its name.
			owner: func(m metadata) starters.Owner {
				if !slices.Equal(m.Statements, body.Statements) {
					return starters.Others
				}
				return starters.Ours
			},
		}, nil
	},
}

// The request of ChangeQuorum is {"quorumType": {"singleRegion": {...}}, "etag": ...}.
var changeQuorum = &method{
	name: "ChangeQuorum", id: "projects.instances.databases.changequorum", activity: names.ChangeQuorum, target: kindDatabase,
	metadata: "database.v1.ChangeQuorumMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.ChangeQuorumRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		if !isQuorum(body.QuorumType) {
			return call{}, &lro.InvalidError{Field: "request.quorumType", Value: quorumText(in.Request), Want: `{"singleRegion": {"servingLocation": ...}} or {"dualRegion": {}}`}
		}
		body.Name = in.Target
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return byRequest(sameQuorum(in.Request, m.Request.QuorumType)) },
		}, nil
	},
}

// isQuorum reports whether one of the two types is there, with what it needs.
func isQuorum(t *api.QuorumType) bool {
	switch {
	case t == nil:
		return false
	case t.SingleRegion == nil:
		return t.DualRegion != nil
	default:
		return t.DualRegion == nil && t.SingleRegion.ServingLocation != ""
	}
}

// quorumText is the quorum type of a request, "" for none.
func quorumText(request json.RawMessage) string {
	var body struct {
		QuorumType json.RawMessage `json:"quorumType"`
	}
	_ = json.Unmarshal(request, &body) // it has been decoded before
	return string(body.QuorumType)
}

// sameQuorum compares the quorum type of a request with that in metadata. Which
// of the types it is, is a key: an empty message must be there.
func sameQuorum(request, seen json.RawMessage) bool {
	var wanted struct {
		QuorumType map[string]any `json:"quorumType"`
	}
	var got map[string]any
	if json.Unmarshal(request, &wanted) != nil || json.Unmarshal(seen, &got) != nil {
		return false
	}
	for name, value := range wanted.QuorumType {
		if _, there := got[name]; !there || !within(value, got[name]) {
			return false
		}
	}
	return true
}
