"""Opens a file in easyofd and prints what it read and drew, as JSON on the last line."""
import json
import os
import sys
import warnings

# easyofd unpacks into the path of this folder up to its first dot, and removes that afterwards, whatever else is there.
if "." in os.getcwd():
    sys.exit(f"{os.getcwd()} has a dot in its path: easyofd would remove another folder")

warnings.simplefilter("ignore")
from loguru import logger

logger.remove()
from easyofd.ofd import OFD

ofd = OFD()
ofd.read(sys.argv[1], fmt="path")
data = ofd.data[0]
page = ofd.to_jpg()[0].convert("RGB")
dots = page.width / 210.0


def red(left, top, width, height):
    """How many dots of the box are red."""
    box = page.crop([round(value * dots) for value in (left, top, left + width, top + height)])
    return sum(1 for r, g, b in box.getdata() if r > 150 and g < 120 and b < 120)


seals = [seal for page_seals in data["signatures_page_id"].values() for seal in page_seals]
boxes = [[float(value) for value in seal["Boundary"].split(" ")] for seal in seals]
print(
    json.dumps(
        {
            "text": [[piece["text"], *map(float, piece["pos"])] for piece in data["page_info"][0]["text_list"]],
            "seals": boxes,
            "size": [page.width / dots, page.height / dots],
            "red": [red(*box) for box in boxes],
            "red_beside": red(20, 210, 42, 42),
        }
    )
)
