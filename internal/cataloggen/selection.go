package main

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// retired are services whose documents are still shipped, with the reason.
var retired = map[string]string{
	"cloudprivatecatalogproducer": "Private Catalog's producer API is turned off",
	"deploymentmanager":           "Deployment Manager is at its end of support, and its operations are of their own shape",
	"replicapoolupdater":          "replaced by managed instance groups of compute",
	"serviceuser":                 "replaced by serviceusage",
	"sql":                         "the old name of sqladmin: the same host, methods and ids",
}

var stableVersion = regexp.MustCompile(`^v[0-9]+(\.[0-9]+)?$`)

// served selects every stable version of a service, because a newer one is often another API and
// not more of the same one. Of a service without a stable version it selects the newest.
func served(documents []*document) []*document {
	byName := map[string][]*document{}
	for _, d := range documents {
		byName[d.Name] = append(byName[d.Name], d)
	}
	return slices.DeleteFunc(slices.Clone(documents), func(d *document) bool {
		_, gone := retired[d.Name]
		return gone || !isServed(d, byName[d.Name])
	})
}

func isServed(d *document, versions []*document) bool {
	if slices.ContainsFunc(versions, (*document).stable) {
		return d.stable()
	}
	return d == slices.MaxFunc(versions, compareVersions)
}

func (d *document) stable() bool { return stableVersion.MatchString(d.Version) }

var versionNumber = regexp.MustCompile(`v([0-9]+)(.*)`)

// compareVersions compares unstable versions: a beta is newer than an alpha, then by number.
func compareVersions(a, b *document) int {
	return cmp.Or(
		cmp.Compare(maturity(a.Version), maturity(b.Version)),
		cmp.Compare(number(a.Version), number(b.Version)),
		cmp.Compare(a.Version, b.Version),
	)
}

func maturity(version string) int {
	switch {
	case strings.Contains(version, "beta"):
		return 2
	case strings.Contains(version, "alpha"):
		return 1
	default:
		return 0
	}
}

func number(version string) int {
	n, _ := strconv.Atoi(append(versionNumber.FindStringSubmatch(version), "", "")[1])
	return n
}
