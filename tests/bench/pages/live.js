// The peer of the live feed: the shortest way from a server-sent event to a marker, with no state to keep in step.
import L from "leaflet";
import "leaflet/dist/leaflet.css";

const box = document.getElementById("map");
Object.assign(box.style, { width: "100vw", height: "100vh" });
document.body.style.margin = "0";
const view = new URLSearchParams(location.search);
const map = L.map(box, { preferCanvas: true }).setView([view.get("lat"), view.get("lng")], view.get("zoom"));
new EventSource("/live").onmessage = ({ data }) => {
  const [lng, lat] = JSON.parse(data);
  L.circleMarker([lat, lng], { radius: 7 }).addTo(map);
};
requestAnimationFrame(() => (document.documentElement.dataset.drawn = "true"));
