package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// regionForm is the form of a region, such as "europe-west1", or of a multi-region, such as "us".
var regionForm = regexp.MustCompile(`^([a-z]{2}|asia|europe|[a-z]+-[a-z]+[0-9]{1,2})$`)

// RegionOf returns the region in a name: the segment behind "locations", "regions" or "zones". Of a
// zone it is the part before the last "-". It is "" for a name without a region, such as one in
// "locations/global". No region has a character that could make a host another one.
func RegionOf(name string) string {
	before := ""
	for segment := range strings.SplitSeq(name, "/") {
		if before == "locations" || before == "regions" || before == "zones" {
			if region := regionIn(segment); region != "" {
				return region
			}
		}
		before = segment
	}
	return ""
}

// regionIn is the region of a location: itself, or that of a zone.
func regionIn(location string) string {
	if regionForm.MatchString(location) {
		return location
	}
	region := location[:max(strings.LastIndexByte(location, '-'), 0)]
	if len(region) > len("us") && regionForm.MatchString(region) && strings.Contains(region, "-") {
		return region
	}
	return ""
}

// HostAt returns the service's host of a region, in the form that the document lists for it. Where it
// lists both, that is SERVICE.REGION.rep.googleapis.com. It reports false if the document does not list
// the region, and for a text of another form. A Located service has a host of every region: of one
// that the document does not list in the form that hand.txt gives.
func (s *Service) HostAt(region string) (host string, ok bool) {
	if !regionForm.MatchString(region) {
		return "", false
	}
	switch {
	case lists(s.rep, region):
		return s.hostIn("rep", region), true
	case lists(s.loc, region):
		return s.hostIn("loc", region), true
	case s.Located:
		return s.hostIn(s.form, region), true
	default:
		return "", false
	}
}

// lists reports whether a region is one of those with commas between.
func lists(regions, region string) bool { return slices.Contains(strings.Split(regions, ","), region) }

// hostIn is the host of a region in the form "rep" or "loc".
func (s *Service) hostIn(form, region string) string {
	if form == "rep" {
		return strings.TrimSuffix(s.Host, googleapis) + "." + region + ".rep" + googleapis
	}
	return region + "-" + s.Host
}
